#pragma once

#include <cstdint>

namespace onebyone {

// What the Huffman symbol of an AC coefficient means (ITU-T T.81, F.1.2.2): zeroes, then a value of `size` bits.
struct AcSymbol {
  explicit AcSymbol(uint8_t symbol) : zeroes(symbol >> 4), size(symbol & 15) {}

  bool IsEndOfBlock() const { return zeroes == 0 && size == 0; }
  // 16 zeroes have no value either; of the other symbols without one, a sequential scan has none.
  bool IsKnown() const { return size != 0 || zeroes == 0 || zeroes == 15; }
  // REQUIRES: not the end of the block.
  int Coefficients() const { return zeroes + 1; }

  int zeroes;
  int size;
};

}  // namespace onebyone
