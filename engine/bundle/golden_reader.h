#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/bundle/bundle.h"
#include "onebyone/config/v1/model_config.pb.h"

namespace onebyone {

// A golden with the paths of its files in the bundle's `folder`. INVALID_ARGUMENT, naming the field under `field`,
// where a file is missing or outside the bundle, the layer has no name, or the tolerance is not in 0 to 1.
absl::StatusOr<Golden> ReadGolden(const std::string& folder, absl::string_view field, const config::v1::Golden& config);

}  // namespace onebyone
