#include "engine/image/orientation.h"

#include <algorithm>
#include <cstring>

namespace onebyone {
namespace {

constexpr int64_t kTile = 32;  // pixels; a tile of both pictures stays in the first cache

}  // namespace

Orientation OrientationOf(int exif) {
  switch (exif) {
    case 2: return {false, true, false};
    case 3: return {false, true, true};
    case 4: return {false, false, true};
    case 5: return {true, false, false};
    case 6: return {true, true, false};
    case 7: return {true, true, true};
    case 8: return {true, false, true};
    default: return {};
  }
}

void TurnUpright(const uint8_t* stored, int64_t width, int64_t height, Orientation orientation, uint8_t* upright) {
  const int64_t upright_width = orientation.transposed ? height : width;
  const int64_t upright_height = orientation.transposed ? width : height;
  // Pixels from one stored pixel to the one that lies beside or below it in the upright picture.
  int64_t step_x = orientation.transposed ? width : 1;
  int64_t step_y = orientation.transposed ? 1 : width;
  const uint8_t* corner = stored;
  if (orientation.flips_x) {
    corner += 3 * step_x * (upright_width - 1);
    step_x = -step_x;
  }
  if (orientation.flips_y) {
    corner += 3 * step_y * (upright_height - 1);
    step_y = -step_y;
  }
  for (int64_t top = 0; top < upright_height; top += kTile) {
    const int64_t bottom = std::min(top + kTile, upright_height);
    for (int64_t left = 0; left < upright_width; left += kTile) {
      const int64_t right = std::min(left + kTile, upright_width);
      for (int64_t y = top; y < bottom; ++y) {
        const uint8_t* from = corner + 3 * (y * step_y + left * step_x);
        uint8_t* to = upright + 3 * (y * upright_width + left);
        for (int64_t x = left; x < right; ++x, from += 3 * step_x, to += 3) std::memcpy(to, from, 3);
      }
    }
  }
}

}  // namespace onebyone
