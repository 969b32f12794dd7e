#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// The mean over some axes. All types but bool; integers are divided with the remainder cut off. The mean of nothing is
// NaN, or 0 in integers.
absl::Status ReferenceReduceMean(const ReferenceCall& call);

}  // namespace onebyone
