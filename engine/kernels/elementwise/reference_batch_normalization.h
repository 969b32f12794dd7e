#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// output[n, c, ...] = (x[n, c, ...] - mean[c]) / sqrt(variance[c] + epsilon) * scale[c] + bias[c]. A vector x has one
// channel. Float types; the four parameters may have other float types than x.
absl::Status ReferenceBatchNormalization(const ReferenceCall& call);

}  // namespace onebyone
