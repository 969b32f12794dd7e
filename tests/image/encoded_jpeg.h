#pragma once

#include <string>

#include "tests/image/encoded.h"

namespace onebyone::testing {

// How libjpeg is to encode a JPEG.
struct JpegParts {
  int quality = 90;
  int horizontal = 2;  // sampling factors of luma, or of gray; those of chroma are 1
  int vertical = 2;
  bool gray = false;
  int restart_interval = 0;  // MCUs
  bool own_tables = false;   // Huffman tables made for the picture
  bool progressive = false;
  bool rgb = false;  // no YCbCr, as Adobe marks it
  bool adobe_marker = false;
  bool jfif_marker = true;
};
void PrintTo(const JpegParts& parts, std::ostream* out);

std::string EncodeJpeg(const Picture& picture, const JpegParts& parts);

// Every pixel another colour, by chance: the longest codes, and blocks up to their last coefficient.
Picture Noise(int64_t width, int64_t height, uint32_t seed);

}  // namespace onebyone::testing
