#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// PNG files of any color type and depth, whole or broken on purpose.

namespace onebyone::testing {

struct PngParts {
  int64_t width = 1;
  int64_t height = 1;
  int depth = 8;
  int color = 2;  // 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGBA
  bool interlaced = false;
  std::vector<int> samples;  // channels of a pixel together, row by row
  std::string before_image;  // whole chunks
  std::string after_image;
  double keep_image_data = 1;  // the share of the compressed bytes that is written, in a chunk with a right checksum
};

std::string PngChunkBytes(absl::string_view type, absl::string_view body);
std::string EncodePng(const PngParts& parts);

// Puts right the checksum of every chunk that lies whole in `png`.
void FixChecksums(std::string& png);

}  // namespace onebyone::testing
