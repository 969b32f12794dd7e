#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// output = (x - zero point) * scale, with one scale for all or one for each index along an axis; no zero point means 0.
// x is of any integer type, scale and output of one float type.
absl::Status ReferenceDequantizeLinear(const ReferenceCall& call);

// Rounds to the nearest integer, ties to even, then adds the zero point and saturates (ONNX, QuantizeLinear).
absl::Status ReferenceQuantizeLinear(const ReferenceCall& call);

}  // namespace onebyone
