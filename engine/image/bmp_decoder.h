#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "engine/image/bmp_layout.h"

namespace onebyone {

// Writes dense 8-bit RGB rows, top to bottom. INVALID_ARGUMENT where a pixel has no colour in the palette, or where run
// lengths end early or leave pixels out; `rgb` may then be written in part.
absl::Status DecodeBmp(const BmpLayout& layout, uint8_t* rgb);

}  // namespace onebyone
