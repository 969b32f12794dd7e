#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// The mean or the maximum of each channel of [N, C, ...], as [N, C, 1, ...]. Float types. A NaN counts as larger than
// any number; of no elements the mean is NaN, the maximum the lowest finite element.
absl::Status ReferenceGlobalAveragePool(const ReferenceCall& call);
absl::Status ReferenceGlobalMaxPool(const ReferenceCall& call);

}  // namespace onebyone
