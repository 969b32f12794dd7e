#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// The number of a version that is asked for as text; 0, "the one that serves now", for an empty one. INVALID_ARGUMENT
// at `field` for anything but a decimal number from 1 on.
absl::StatusOr<int64_t> ReadVersion(const std::string& text, absl::string_view field);

}  // namespace onebyone
