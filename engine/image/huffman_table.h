#pragma once

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace onebyone {

// A Huffman code of a JPEG, to be read symbol by symbol.
class HuffmanTable {
 public:
  struct Symbol {
    uint8_t length = 0;  // bits of its code; 0: no code begins with these bits
    uint8_t value = 0;
  };

  // `definition`: how many codes there are of 1 to 16 bits, then their symbols, codes in ascending order (ITU-T T.81,
  // B.2.4.2 and annex C). False where these are no prefix code or one of its codes is all ones.
  bool Build(absl::string_view definition);

  // The symbol whose code begins at the highest bit.
  Symbol At(uint64_t window) const {
    const Symbol symbol = short_[window >> (64 - kShort)];
    return symbol.length != 0 ? symbol : AtLong(window);
  }

  // No symbol is larger.
  uint8_t largest() const { return largest_; }

 private:
  static constexpr int kShort = 10;  // codes of up to so many bits are looked up, the others compared

  Symbol AtLong(uint64_t window) const;

  std::array<Symbol, 1 << kShort> short_;
  // Of each length: one past its last code (0 where there is none), and what makes an index of a code.
  std::array<int32_t, 17> code_end_;
  std::array<int32_t, 17> index_of_zero_;
  std::array<uint8_t, 256> symbols_;
  uint8_t largest_ = 0;
};

}  // namespace onebyone
