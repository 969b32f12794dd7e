#pragma once

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace onebyone {

// A Huffman code of a sequential JPEG, to be read symbol by symbol.
class HuffmanTable {
 public:
  // The code is followed by a value of `size` bits (ITU-T T.81, F.1.2.1 and F.1.2.2).
  struct Symbol {
    uint8_t code_bits = 0;  // 0: no code begins with these bits
    uint8_t bits = 0;       // of code and value
    uint8_t zeroes = 0;     // AC: coefficients before this one
    uint8_t size = 0;

    // AC only.
    bool IsEndOfBlock() const { return zeroes == 0 && size == 0; }
    // 16 zeroes have no value either; of the other symbols without one, a sequential scan has none. What is larger than
    // kMostAcSize, no 8-bit picture has (F.1.2.2.1).
    bool IsKnownAc() const { return code_bits != 0 && size <= kMostAcSize && (size != 0 || zeroes % 15 == 0); }
    int Coefficients() const { return zeroes + 1; }
  };
  static constexpr int kMostCodeBits = 16;
  static constexpr int kMostDcSize = 11;
  static constexpr int kMostAcSize = 10;

  // `definition`: how many codes there are of 1 to 16 bits, then their symbols, codes in ascending order (B.2.4.2 and
  // annex C). False where these are no prefix code or one of its codes is all ones.
  bool Build(absl::string_view definition);

  // The symbol whose code begins at the highest bit.
  Symbol At(uint64_t window) const {
    const Symbol symbol = short_[window >> (64 - kShort)];
    if (symbol.code_bits != 0) [[likely]]
      return symbol;
    return AtLong(window);
  }

  // The value of `size` bits that begins at the highest one (F.12): those with a leading zero are negative.
  static int32_t ValueAt(uint64_t window, int size) {
    const auto bits = static_cast<int32_t>(window >> 1 >> (63 - size));
    const auto negative = static_cast<int32_t>(~window >> 63);
    return bits - (((1 << size) - 1) & -negative);
  }

  // Every symbol is the size of a DC difference of an 8-bit picture (F.1.2.1.1).
  bool IsDc() const { return largest_ <= kMostDcSize; }

 private:
  static constexpr int kShort = 9;  // codes of up to so many bits are looked up, the others compared

  Symbol AtLong(uint64_t window) const;

  std::array<Symbol, 1 << kShort> short_;
  // Of each length: one past its last code (0 where there is none), and what makes an index of a code.
  std::array<int32_t, kMostCodeBits + 1> code_end_;
  std::array<int32_t, kMostCodeBits + 1> index_of_zero_;
  std::array<uint8_t, 256> symbols_;
  uint8_t largest_ = 0;
};

}  // namespace onebyone
