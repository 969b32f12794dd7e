#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "engine/image/image_header.h"

namespace onebyone {

// INVALID_ARGUMENT, naming the limit, where a picture of this size is empty or over `limits`.
absl::Status CheckSize(int64_t width, int64_t height, const ImageLimits& limits);

}  // namespace onebyone
