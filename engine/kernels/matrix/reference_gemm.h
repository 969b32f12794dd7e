#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// output [M, N] = alpha * op(A) * op(B) + beta * C, where op may transpose and C broadcasts to [M, N]; C is not read
// where beta is 0. All types but bool. Integers wrap where alpha and beta are 1; else they are scaled in double and cut
// towards zero.
absl::Status ReferenceGemm(const ReferenceCall& call);

}  // namespace onebyone
