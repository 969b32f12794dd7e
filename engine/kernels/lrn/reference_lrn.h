#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// output[n, c, p] = x[n, c, p] / (bias + alpha / size * sum of x[n, i, p]^2)^beta, where i runs over the channels from
// c - floor((size - 1) / 2) to c + ceil((size - 1) / 2) that there are. Rank 2 or more, float types.
absl::Status ReferenceLrn(const ReferenceCall& call);

}  // namespace onebyone
