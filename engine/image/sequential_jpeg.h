#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace onebyone {

// What the segments before the pixels of a common JPEG say (ITU-T T.81, B.2): sequential Huffman coding, 8 bits a
// sample, gray or YCbCr, every component in one scan.
struct SequentialJpeg {
  struct Component {
    uint32_t id = 0;
    int horizontal = 1;  // sampling factors
    int vertical = 1;
    // Views of the file.
    absl::string_view quantization;  // 64 steps of a byte, zigzag order (B.2.4.1)
    absl::string_view dc_code;       // how many codes there are of 1 to 16 bits, then their symbols (B.2.4.2)
    absl::string_view ac_code;
  };
  int64_t width = 0;
  int64_t height = 0;
  int components = 0;  // 1 or 3
  std::array<Component, 3> component;
  int64_t restart_interval = 0;  // MCUs; 0: no restart markers
  size_t entropy_begin = 0;      // where the entropy-coded bytes begin
};

// Nothing for every other JPEG, for one that is broken, and for one whose header holds anything out of the ordinary
// (fill bytes, bytes between segments, markers that no common encoder writes): it is for a full decoder to judge. What
// is returned, libjpeg understands in the same way and has nothing to remark on.
std::optional<SequentialJpeg> ReadSequentialJpeg(absl::string_view encoded);

}  // namespace onebyone
