#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// exp(x - max) / sum of exp(x - max) along one axis, or with flatten_to_2d over all axes from it on. Float types.
absl::Status ReferenceSoftmax(const ReferenceCall& call);

}  // namespace onebyone
