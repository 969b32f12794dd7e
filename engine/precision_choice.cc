#include "engine/precision_choice.h"

#include "engine/kernels/onednn/bfloat16_speed.h"
#include "engine/kernels/onednn/layout.h"

namespace onebyone {
namespace {

bool StatesFaithful(const Calibration& calibration, Precision precision) {
  for (const Fidelity& fidelity : calibration.fidelities) {
    if (fidelity.precision != precision) continue;
    const bool as_exact = precision != Precision::kInt8 || LargestByteWeight() >= fidelity.largest_weight;
    return as_exact && IsFaithful(fidelity);
  }
  return false;
}

Precision FastestFaithful(const Calibration& calibration) {
  if (StatesFaithful(calibration, Precision::kInt8)) return Precision::kInt8;
  if (StatesFaithful(calibration, Precision::kBFloat16) && IsBFloat16Faster()) return Precision::kBFloat16;
  return Precision::kFloat32;
}

}  // namespace

// One picture in twenty may have two classes that are nearly as likely: then any rounding decides.
constexpr double kLeastAgreement = 0.95;

Fidelity LeastFidelity(Precision precision) {
  switch (precision) {
    case Precision::kInt8: return {precision, 0.99, 0.98, kLeastAgreement};
    case Precision::kBFloat16: return {precision, 0.999, -1, kLeastAgreement};
    case Precision::kFloat32: break;
  }
  return {precision, -1, -1, 0};
}

bool IsFaithful(const Fidelity& fidelity) {
  const Fidelity least = LeastFidelity(fidelity.precision);
  return fidelity.pooled_cosine >= least.pooled_cosine && fidelity.map_cosine >= least.map_cosine &&
         fidelity.top1_agreement >= least.top1_agreement;
}

Precision ChoosePrecision(const Bundle& bundle, const Graph& network, PrecisionChoice choice) {
  switch (choice) {
    case PrecisionChoice::kFloat32: return Precision::kFloat32;
    case PrecisionChoice::kBFloat16: return Precision::kBFloat16;
    case PrecisionChoice::kInt8: return Precision::kInt8;
    case PrecisionChoice::kAuto: break;
  }
  if (bundle.calibration != nullptr) return FastestFaithful(*bundle.calibration);
  // Who quantized a network has found that its bytes will do.
  return network.NodesOf(OpType::kQuantizeLinear).empty() ? Precision::kFloat32 : Precision::kInt8;
}

}  // namespace onebyone
