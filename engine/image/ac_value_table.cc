#include "engine/image/ac_value_table.h"

namespace onebyone {

void AcValueTable::Build(const HuffmanTable& ac) {
  for (uint64_t i = 0; i < steps_.size(); ++i) steps_[i] = StepOf(ac, i << (64 - kWindowBits));
}

AcValueTable::Step AcValueTable::StepOf(const HuffmanTable& ac, uint64_t window) {
  const HuffmanTable::Symbol symbol = ac.At(window);
  if (!symbol.IsKnownAc() || symbol.bits > kWindowBits) return {0, 0, AcStep::kUnknown};
  if (symbol.IsEndOfBlock()) return {0, symbol.bits, AcStep::kEnd};
  const int32_t value = HuffmanTable::ValueAt(window << symbol.code_bits, symbol.size);
  int bits = symbol.bits;
  int coefficients = symbol.Coefficients();
  const HuffmanTable::Symbol next = ac.At(window << bits);
  if (next.IsKnownAc() && next.IsEndOfBlock() && bits + next.bits <= kWindowBits) {
    bits += next.bits;
    coefficients += AcStep::kEnd;
  }
  return {static_cast<int16_t>(value), static_cast<uint8_t>(bits), static_cast<uint8_t>(coefficients)};
}

}  // namespace onebyone
