#pragma once

#include <cstdint>

namespace onebyone {

// Which way the axes of a stored picture run in the upright one, by EXIF orientation (1 to 8).
struct Orientation {
  bool transposed = false;  // upright x runs along stored y
  bool flips_x = false;     // upright x runs against the stored axis it lies on
  bool flips_y = false;
};

Orientation OrientationOf(int exif);

// Turns a stored RGB picture, `width` x `height`, rows dense, into `upright` (as large, another memory).
void TurnUpright(const uint8_t* stored, int64_t width, int64_t height, Orientation orientation, uint8_t* upright);

}  // namespace onebyone
