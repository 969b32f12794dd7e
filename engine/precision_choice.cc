#include "engine/precision_choice.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/kernels/onednn/layout.h"

namespace onebyone {
namespace {

constexpr double kLeastPooledInt8 = 0.99;
constexpr double kLeastMapInt8 = 0.98;
constexpr double kLeastPooledBFloat16 = 0.999;

bool StatesFaithful(const Calibration& calibration, Precision precision) {
  for (const Fidelity& fidelity : calibration.fidelities) {
    if (fidelity.precision == precision) return IsFaithful(fidelity);
  }
  return false;
}

Precision FastestFaithful(const Bundle& bundle) {
  if (bundle.calibration == nullptr) return Precision::kFloat32;
  if (StatesFaithful(*bundle.calibration, Precision::kInt8)) return Precision::kInt8;
  if (StatesFaithful(*bundle.calibration, Precision::kBFloat16) && HasBFloat16()) return Precision::kBFloat16;
  return Precision::kFloat32;
}

}  // namespace

bool IsFaithful(const Fidelity& fidelity) {
  if (fidelity.top1_agreement < 1) return false;
  switch (fidelity.precision) {
    case Precision::kInt8: return fidelity.pooled_cosine >= kLeastPooledInt8 && fidelity.map_cosine >= kLeastMapInt8;
    case Precision::kBFloat16: return fidelity.pooled_cosine >= kLeastPooledBFloat16;
    case Precision::kFloat32: break;
  }
  return true;
}

absl::StatusOr<Precision> ChoosePrecision(const Bundle& bundle, PrecisionChoice choice) {
  switch (choice) {
    case PrecisionChoice::kFloat32: return Precision::kFloat32;
    case PrecisionChoice::kBFloat16: return Precision::kBFloat16;
    case PrecisionChoice::kInt8:
      if (bundle.calibration != nullptr) return Precision::kInt8;
      return absl::FailedPreconditionError(
          absl::StrCat("precision: int8: want a calibrated bundle, got '", bundle.name,
                       "' without calibration.textproto; run onebyone-model calibrate, or use f32, bf16 or auto"));
    case PrecisionChoice::kAuto: break;
  }
  return FastestFaithful(bundle);
}

}  // namespace onebyone
