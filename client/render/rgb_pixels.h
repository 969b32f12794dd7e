#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// The picture, upright, resized to this size whatever its own (aspect ratio lost), as 8-bit RGB [height, width, 3].
// INVALID_ARGUMENT where it cannot be decoded.
absl::StatusOr<std::vector<uint8_t>> RgbPixels(absl::string_view encoded, int32_t width, int32_t height);

}  // namespace onebyone
