#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "onebyone/v1/model.pb.h"

namespace onebyone {

// The layer that a name or alias means. INVALID_ARGUMENT, with the nearest name, where the model has none. The result
// lies in `model`.
absl::StatusOr<const v1::Layer*> FindLayer(const v1::GetModelResponse& model, const std::string& name);

// The components that were fitted for `layer`; null where there are none.
const v1::StoredReduction* FittedReduction(const v1::Layer& layer);

}  // namespace onebyone
