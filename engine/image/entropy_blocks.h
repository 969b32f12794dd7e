#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "engine/image/ac_skip_table.h"
#include "engine/image/ac_symbol.h"
#include "engine/image/entropy_bits.h"
#include "engine/image/huffman_table.h"
#include "engine/image/reduced_idct.h"

namespace onebyone {

// Blocks of a sequential scan (ITU-T T.81, F.2.2): the DC coefficient, then the AC coefficients are skipped or read.
// Each function is false where the bits are none that an encoder writes; libjpeg lets some of those pass.

// How the blocks of a component are coded.
struct BlockTables {
  static constexpr int kMostDcBits = 11;  // of a difference, 8 bits a sample (F.1.2.1)

  HuffmanTable dc;
  HuffmanTable ac;
  AcSkipTable ac_skip;

  bool Build(absl::string_view dc_code, absl::string_view ac_code) {
    if (!dc.Build(dc_code) || !ac.Build(ac_code) || dc.largest() > kMostDcBits) return false;
    ac_skip.Build(ac);
    return true;
  }
};

// The value of `size` bits that begins at the highest one (F.12): those with a leading zero are negative.
inline int32_t ValueAt(uint64_t window, int size) {
  const auto bits = static_cast<int32_t>(window >> 1 >> (63 - size));
  const auto negative = static_cast<int32_t>(~window >> 63);
  return bits - (((1 << size) - 1) & -negative);
}

// Adds the difference to `dc`, the one of the block before. Leaves AcSkipTable::kMostBits bits in the window.
inline bool ReadDc(EntropyBits& bits, const BlockTables& tables, int32_t& dc) {
  static_assert(16 + BlockTables::kMostDcBits + AcSkipTable::kMostBits <= EntropyBits::kLeast);
  bits.Refill();
  const HuffmanTable::Symbol code = tables.dc.At(bits.window());
  dc += ValueAt(bits.window() << code.length, code.value);
  bits.Skip(code.length + code.value);
  return code.length != 0;
}

// One symbol; `index`: the next coefficient's, 64 after the end of the block.
inline bool SkipAcSymbol(EntropyBits& bits, const BlockTables& tables, int& index) {
  bits.Refill();
  const HuffmanTable::Symbol code = tables.ac.At(bits.window());
  const AcSymbol symbol(code.value);
  bits.Skip(code.length + symbol.size);
  index = symbol.IsEndOfBlock() ? 64 : index + symbol.Coefficients();
  return code.length != 0 && symbol.IsKnown() && index <= 64;
}

// False where the block ends, then `index` is at least 64, or where the next bits are not one step.
inline bool SkipAcStep(EntropyBits& bits, const AcSkipTable& table, int& index) {
  const AcSkipTable::Step step = table.At(bits.window());
  const int next = index + step.coefficients;
  if (next >= 64 && !AcSkipTable::EndsBlock(next)) return false;
  bits.Skip(step.bits);
  index = next;
  return next < 64;
}

// REQUIRES: what ReadDc leaves in the window.
inline bool SkipAc(EntropyBits& bits, const BlockTables& tables) {
  static_assert(2 * AcSkipTable::kMostBits <= EntropyBits::kLeast);
  int index = 1;
  bool goes_on = SkipAcStep(bits, tables.ac_skip, index);
  while (true) {
    while (goes_on) {
      bits.Refill();
      goes_on = SkipAcStep(bits, tables.ac_skip, index) && SkipAcStep(bits, tables.ac_skip, index);
    }
    if (index >= 64) return true;
    if (!SkipAcSymbol(bits, tables, index)) return false;
    goes_on = index < 64;
  }
}

inline bool ReadAc(EntropyBits& bits, const BlockTables& tables, const ReducedIdct& idct, ReducedIdct::Sums& sums) {
  for (int index = 1; index < 64; ++index) {
    bits.Refill();
    const HuffmanTable::Symbol code = tables.ac.At(bits.window());
    const AcSymbol symbol(code.value);
    if (code.length == 0 || !symbol.IsKnown()) return false;
    const uint64_t behind_code = bits.window() << code.length;
    bits.Skip(code.length + symbol.size);
    if (symbol.IsEndOfBlock()) return true;
    index += symbol.zeroes;
    if (index >= 64) return false;
    if (symbol.size != 0 && !idct.Add(index, ValueAt(behind_code, symbol.size), sums)) return false;
  }
  return true;
}

}  // namespace onebyone
