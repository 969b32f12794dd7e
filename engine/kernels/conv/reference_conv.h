#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// output[n, k, o] = activation(bias[k] + sum over c, t of x[n, c, o * stride - pad + t * dilation] * weights[k, c, t]),
// where c runs over the channels of k's group, o and t over any number (at least one) of spatial axes; padding is 0.
// Float types.
absl::Status ReferenceConv(const ReferenceCall& call);

}  // namespace onebyone
