#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/bundle/bundle.h"
#include "engine/calibration/calibration.h"
#include "engine/tensor/precision.h"

namespace onebyone {

// What a user asks for. kAuto: the fastest precision whose features are as good as those of float32.
enum class PrecisionChoice : uint8_t { kAuto, kFloat32, kBFloat16, kInt8 };

// True where features of that precision may stand for those of float32: every pooled feature within a cosine of 0.99
// (int8) or 0.999 (bf16), every map within 0.98 (int8), and the same largest output on each picture.
bool IsFaithful(const Fidelity& fidelity);

// What a choice means for a bundle on this machine. kAuto is int8 or else bf16 (where the CPU has it) where the
// bundle's calibration states that it is faithful, float32 otherwise. FAILED_PRECONDITION for kInt8 without a
// calibration. A CPU without bf16 is told by CompiledModel::Compile.
absl::StatusOr<Precision> ChoosePrecision(const Bundle& bundle, PrecisionChoice choice);

}  // namespace onebyone
