#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace onebyone {

// A picture as a decoder of PNG or WebP leaves it.
struct Samples {
  const uint8_t* rows = nullptr;
  int64_t row_bytes = 0;
  int64_t width = 0;
  int64_t height = 0;
  int channels = 3;  // 1: gray; 3: blue, green, red; 4: and alpha, not multiplied in
  int bits = 8;      // of a sample, 8 or 16 (in the machine's byte order)
  // A pixel of just this color (blue, green, red; all equal for gray) is transparent.
  std::optional<std::array<uint16_t, 3>> transparent;
};

// Writes dense 8-bit RGB rows: 16 bits become 8 by value / 257 rounded; what is transparent lets white through.
void SamplesToRgb(const Samples& samples, uint8_t* rgb);

}  // namespace onebyone
