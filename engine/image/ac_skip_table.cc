#include "engine/image/ac_skip_table.h"

namespace onebyone {

void AcSkipTable::Build(const HuffmanTable& ac) {
  for (uint64_t i = 0; i < packed_.size(); ++i) {
    const Step step = StepOf(ac, i << (64 - kWindowBits));
    packed_[i] = static_cast<uint16_t>(step.coefficients << 6 | step.bits);
  }
}

AcSkipTable::Step AcSkipTable::StepOf(const HuffmanTable& ac, uint64_t window) {
  Step step = {0, 0};
  while (step.bits < kWindowBits) {
    const HuffmanTable::Symbol symbol = ac.At(window << step.bits);
    if (!symbol.IsKnownAc() || step.bits + symbol.code_bits > kWindowBits) break;
    if (symbol.IsEndOfBlock()) return {step.bits + symbol.bits, step.coefficients + AcStep::kEnd};
    if (step.coefficients + symbol.Coefficients() > 63) break;
    step.bits += symbol.bits;
    step.coefficients += symbol.Coefficients();
  }
  return step.coefficients == 0 ? Step{0, AcStep::kUnknown} : step;
}

}  // namespace onebyone
