#include "engine/image/ac_skip_table.h"

#include "engine/image/ac_symbol.h"

namespace onebyone {

void AcSkipTable::Build(const HuffmanTable& ac) {
  for (uint64_t i = 0; i < packed_.size(); ++i) {
    const Step step = StepOf(ac, i << (64 - kWindowBits));
    packed_[i] = static_cast<uint16_t>(step.coefficients << 5 | step.bits);
  }
}

AcSkipTable::Step AcSkipTable::StepOf(const HuffmanTable& ac, uint64_t window) {
  Step step = {0, 0};
  while (step.bits < kWindowBits) {
    const HuffmanTable::Symbol code = ac.At(window << step.bits);
    if (code.length == 0 || step.bits + code.length > kWindowBits) break;
    const AcSymbol symbol(code.value);
    if (symbol.IsEndOfBlock()) return {step.bits + code.length, step.coefficients + kEnd};
    if (!symbol.IsKnown() || step.coefficients + symbol.Coefficients() > 63) break;
    step.bits += code.length + symbol.size;
    step.coefficients += symbol.Coefficients();
  }
  return step.coefficients == 0 ? Step{0, kUnknown} : step;
}

}  // namespace onebyone
