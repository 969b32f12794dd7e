#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// Add, Mul (two inputs) and Sum (one or more), broadcast as ONNX says. All types but bool; integers wrap, floats round
// once.
absl::Status ReferenceAdd(const ReferenceCall& call);
absl::Status ReferenceMul(const ReferenceCall& call);

}  // namespace onebyone
