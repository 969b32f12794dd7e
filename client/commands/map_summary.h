#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "onebyone/v1/tensor.pb.h"

namespace onebyone {

// A map in one line: layer, shape, type, and the smallest, mean and largest of its values ("nan" where it holds no
// finite value), the reduction that made it and the share of the variance that this keeps. INTERNAL where the map
// contradicts itself.
absl::StatusOr<std::string> SummarizeMap(const v1::FeatureMap& map);

}  // namespace onebyone
