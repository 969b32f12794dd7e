#pragma once

#include <array>
#include <cstdint>

#include "engine/image/huffman_table.h"

namespace onebyone {

// Skips the AC coefficients of a block where only their length matters: tells of the next bits how many of them belong
// to the codes that begin there, values included, and how many coefficients that makes (ITU-T T.81, F.2.2.2). As many
// symbols in one look as have their codes in the window, up to the end of the block.
class AcSkipTable {
 public:
  static constexpr int kWindowBits = 12;
  static constexpr int kMostBits = kWindowBits + 15;  // of a step: the last value may lie outside the window

  // Of the zigzag index of the next coefficient: it ends the block where it is at least 64 afterwards. It then is
  //   64                     the last coefficient was read
  //   kEnd + 1 .. kEnd + 63  the end of the block was read
  //   anything else          not one step (see kUnknown), or past the end of this block: read it symbol by symbol
  static constexpr int kEnd = 128;
  static constexpr int kUnknown = 511;  // a long code, or no code at all

  struct Step {
    int bits;
    int coefficients;
  };

  void Build(const HuffmanTable& ac);

  Step At(uint64_t window) const {
    const int packed = packed_[window >> (64 - kWindowBits)];
    return {packed & 31, packed >> 5};
  }

  // Whether a block is well ended at this index, which is at least 64.
  static bool EndsBlock(int index) { return index == 64 || static_cast<unsigned>(index - kEnd - 1) < 63; }

 private:
  static Step StepOf(const HuffmanTable& ac, uint64_t window);

  // Two bytes each: with those of the other component, the table stays in the first cache.
  std::array<uint16_t, 1 << kWindowBits> packed_;
};

}  // namespace onebyone
