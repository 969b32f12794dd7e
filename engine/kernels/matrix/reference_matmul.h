#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// The product of matrices, as numpy.matmul: leading axes broadcast, a first operand of rank 1 is a row, a second one a
// column, and the axis so added is not in the output. All types but bool; integers wrap.
absl::Status ReferenceMatMul(const ReferenceCall& call);

}  // namespace onebyone
