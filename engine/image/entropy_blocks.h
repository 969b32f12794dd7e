#pragma once

#include <cstdint>

#include "engine/base/always_inline.h"
#include "engine/image/ac_skip_table.h"
#include "engine/image/ac_step.h"
#include "engine/image/ac_value_table.h"
#include "engine/image/entropy_bits.h"
#include "engine/image/huffman_table.h"
#include "engine/image/reduced_idct.h"

namespace onebyone {

// Blocks of a sequential scan (ITU-T T.81, F.2.2): the DC coefficient, then the AC coefficients are skipped or read.
// Each function that reads a block's part is false where the bits are none that an encoder writes; libjpeg lets some of
// those pass. Inlined, so that the bits stay in registers.

// How the blocks of a component are coded.
struct BlockTables {
  HuffmanTable dc;
  HuffmanTable ac;
  AcSkipTable ac_skip;    // built where AC coefficients are skipped
  AcValueTable ac_value;  // built where they are read
};

// Steps of AcValueTable that need no Refill.
inline constexpr int kReadsAfterDc = 2;

// Adds the difference to `dc`, the one of the block before. Leaves the bits of what is read or skipped next in the
// window.
ONEBYONE_ALWAYS_INLINE bool ReadDc(EntropyBits& bits, const BlockTables& tables, int32_t& dc) {
  constexpr int kMostBits = HuffmanTable::kMostCodeBits + HuffmanTable::kMostDcSize;
  static_assert(kMostBits + AcSkipTable::kMostBits <= EntropyBits::kLeast);
  static_assert(kMostBits + kReadsAfterDc * AcValueTable::kWindowBits <= EntropyBits::kLeast);
  bits.Refill();
  const HuffmanTable::Symbol symbol = tables.dc.At(bits.window());
  dc += HuffmanTable::ValueAt(bits.window() << symbol.code_bits, symbol.size);
  bits.Skip(symbol.bits);
  return symbol.code_bits != 0;
}

// One symbol: what is not one step. `index`: the next coefficient's, 64 after the end of the block. `value`: of the
// coefficient before `index`.
ONEBYONE_ALWAYS_INLINE bool ReadAcSymbol(EntropyBits& bits, const HuffmanTable& ac, int& index, int32_t& value) {
  bits.Refill();
  const HuffmanTable::Symbol symbol = ac.At(bits.window());
  value = HuffmanTable::ValueAt(bits.window() << symbol.code_bits, symbol.size);
  bits.Skip(symbol.bits);
  index = symbol.IsEndOfBlock() ? 64 : index + symbol.Coefficients();
  return symbol.IsKnownAc() && index <= 64;
}

// False where the block ends, then `index` is at least 64, or where the next bits are not one step.
ONEBYONE_ALWAYS_INLINE bool SkipAcStep(EntropyBits& bits, const AcSkipTable& table, int& index) {
  const AcSkipTable::Step step = table.At(bits.window());
  const int sum = index + step.coefficients;
  if (sum >= 64 && !AcStep::EndsBlock(sum)) [[unlikely]]
    return false;
  bits.Skip(step.bits);
  index = sum;
  return sum < 64;
}

// Directly after ReadDc.
ONEBYONE_ALWAYS_INLINE bool SkipAc(EntropyBits& bits, const BlockTables& tables) {
  constexpr int kStepsAtOnce = 2;
  static_assert(kStepsAtOnce * AcSkipTable::kMostBits <= EntropyBits::kLeast);
  int index = 1;
  bool goes_on = SkipAcStep(bits, tables.ac_skip, index);
  while (true) {
    while (goes_on) {
      bits.Refill();
      for (int i = 0; goes_on && i < kStepsAtOnce; ++i) goes_on = SkipAcStep(bits, tables.ac_skip, index);
    }
    if (index >= 64) return true;
    int32_t value = 0;
    if (!ReadAcSymbol(bits, tables.ac, index, value)) return false;
    goes_on = index < 64;
  }
}

// As SkipAcStep; also false where the coefficient is not usual, then `index` is negative.
ONEBYONE_ALWAYS_INLINE bool ReadAcStep(EntropyBits& bits, const AcValueTable& table, const ReducedIdct& idct,
                                       int& index, ReducedIdct::Sums& sums) {
  const AcValueTable::Step step = table.At(bits.window());
  const int sum = index + step.coefficients;
  if (sum >= 64 && !AcStep::EndsBlock(sum)) [[unlikely]]
    return false;
  bits.Skip(step.bits);
  index = sum;
  if (!idct.Add(AcStep::LastIndex(sum), step.value, sums)) {
    index = -1;
    return false;
  }
  return sum < 64;
}

// Adds the coefficients to `sums`. Directly after ReadDc.
ONEBYONE_ALWAYS_INLINE bool ReadAc(EntropyBits& bits, const BlockTables& tables, const ReducedIdct& idct,
                                   ReducedIdct::Sums& sums) {
  constexpr int kStepsAtOnce = 4;
  static_assert(kStepsAtOnce * AcValueTable::kWindowBits <= EntropyBits::kLeast);
  int index = 1;
  bool goes_on = true;
  for (int i = 0; goes_on && i < kReadsAfterDc; ++i) goes_on = ReadAcStep(bits, tables.ac_value, idct, index, sums);
  while (true) {
    while (goes_on) {
      bits.Refill();
      for (int i = 0; goes_on && i < kStepsAtOnce; ++i) {
        goes_on = ReadAcStep(bits, tables.ac_value, idct, index, sums);
      }
    }
    if (index >= 64) return true;
    int32_t value = 0;
    if (index < 0 || !ReadAcSymbol(bits, tables.ac, index, value)) return false;
    if (value != 0 && !idct.Add(index - 1, value, sums)) return false;
    goes_on = index < 64;
  }
}

}  // namespace onebyone
