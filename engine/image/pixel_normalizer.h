#pragma once

#include <array>
#include <cstdint>

#include "engine/image/preprocessor.h"

namespace onebyone {

// Turns interleaved 8-bit RGB into float32 planes: (pixel * scale - mean) / std, one for each channel
// in the order of `color`.
class PixelNormalizer {
 public:
  explicit PixelNormalizer(const PreprocessOptions& options);

  // `planes`: the first of `pixels` elements of each of three planes, which lie `plane` elements apart.
  void Run(const uint8_t* rgb, int64_t pixels, int64_t plane, float* planes) const;

 private:
  std::array<int, 3> channel_;                   // of the RGB picture, for each plane
  std::array<std::array<float, 256>, 3> value_;  // of each pixel value, for each plane
};

}  // namespace onebyone
