#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace onebyone {

// Inverse DCTs that make a block of 8x8 coefficients 1x1 or 2x2 samples, with the integer arithmetic of libjpeg's
// jpeg_idct_1x1 and jpeg_idct_2x2, to the bit. Unusual values are not for them: no picture has any (a coefficient is at
// most 1024 in size, but for rounding), and libjpeg's C and vector code differ there.

constexpr int32_t kMostDequantized = 2047;

inline bool IsUsual(int32_t dequantized) { return dequantized >= -kMostDequantized && dequantized <= kMostDequantized; }

inline uint8_t Clamped(int32_t sample) { return static_cast<uint8_t>(sample < 0 ? 0 : sample > 255 ? 255 : sample); }

// The mean of a block from its dequantized DC coefficient. False where that is not usual.
inline bool SampleOfDc(int32_t dc, uint8_t& sample) {
  const int32_t value = ((dc + 4) >> 3) + 128;
  sample = Clamped(value);
  return static_cast<uint32_t>(value) <= 255 || IsUsual(dc);
}

// The 2x2 samples of a block.
class ReducedIdct {
 public:
  using Samples = std::array<uint8_t, 4>;  // upper left, upper right, lower left, lower right
  // What a block's coefficients add up to before any rounding: of columns 0, 1, 3, 5 and 7 what is alike in both rows,
  // then of each what differs by its sign. Padded, so that vectors fit.
  static constexpr size_t kColumns = 8;
  using Sums = std::array<int32_t, 2 * kColumns>;

  // `steps`: 64 bytes in zigzag order.
  void SetQuantization(absl::string_view steps);

  // Adds a coefficient by its zigzag index, once. False where it is not usual.
  bool Add(int index, int32_t value, Sums& sums) const {
    const Term& term = terms_[index];
    const int32_t dequantized = value * term.step;
    if (!IsUsual(dequantized)) return false;
    sums[term.sum] += dequantized * term.weight;
    return true;
  }

  // False where a sample is far out of range.
  static bool Finish(const Sums& sums, Samples& samples);

 private:
  struct Term {
    int32_t step = 0;  // 0: this coefficient plays no part
    int32_t weight = 0;
    size_t sum = 0;
  };
  std::array<Term, 64> terms_;
};

}  // namespace onebyone
