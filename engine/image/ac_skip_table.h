#pragma once

#include <array>
#include <cstdint>

#include "engine/image/ac_step.h"
#include "engine/image/huffman_table.h"

namespace onebyone {

// Skips the AC coefficients of a block where only their length matters: tells of the next bits how many of them belong
// to the codes that begin there, values included, and how many coefficients that makes (ITU-T T.81, F.2.2.2). As many
// symbols in one look as have their codes in the window, up to the end of the block.
class AcSkipTable {
 public:
  static constexpr int kWindowBits = 13;
  static constexpr int kMostBits = kWindowBits + HuffmanTable::kMostAcSize;  // the last value may lie behind the window

  struct Step {
    int bits;
    int coefficients;  // see AcStep
  };

  void Build(const HuffmanTable& ac);

  Step At(uint64_t window) const {
    const int packed = packed_[window >> (64 - kWindowBits)];
    return {packed & 63, packed >> 6};  // six bits: a shift by them needs no mask
  }

 private:
  static Step StepOf(const HuffmanTable& ac, uint64_t window);

  std::array<uint16_t, 1 << kWindowBits> packed_;  // small, to stay in the first cache
};

}  // namespace onebyone
