#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace onebyone {

// INVALID_ARGUMENT for more axes than a tensor may have, axes out of range for any tensor, or one that occurs twice.
absl::Status CheckAxes(absl::Span<const int64_t> axes);

}  // namespace onebyone
