#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// Relu, LeakyRelu, Clip and Sigmoid. Relu and Clip take all types but bool, the others float types; NaN stays NaN. A
// Clip whose bounds are in the wrong order gives the high one.
absl::Status ReferenceActivation(const ReferenceCall& call);

}  // namespace onebyone
