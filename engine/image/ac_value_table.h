#pragma once

#include <array>
#include <cstdint>

#include "engine/image/ac_step.h"
#include "engine/image/huffman_table.h"

namespace onebyone {

// Reads AC coefficients: one look gives the next coefficient that is not zero, where its code and value are in the
// window, and the end of the block, where it follows there (ITU-T T.81, F.2.2.2).
class AcValueTable {
 public:
  static constexpr int kWindowBits = 11;  // and the most of a step

  struct Step {
    int16_t value;  // of the last coefficient; 0 where there is none
    uint8_t bits;
    uint8_t coefficients;  // see AcStep; kEnd alone where the block ends at once
  };

  void Build(const HuffmanTable& ac);

  Step At(uint64_t window) const { return steps_[window >> (64 - kWindowBits)]; }

 private:
  static Step StepOf(const HuffmanTable& ac, uint64_t window);

  std::array<Step, 1 << kWindowBits> steps_;
};

}  // namespace onebyone
