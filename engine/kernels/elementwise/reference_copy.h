#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// Operators that keep the elements in their order and only name or shape them anew: Identity, Flatten, Reshape, Squeeze
// and Unsqueeze. The new shape is the output's. All types.
absl::Status ReferenceCopy(const ReferenceCall& call);

// The identity, as always in inference; the second output, where asked, is a mask of the same shape that is true
// everywhere (1 in the input's type for old networks, which have no boolean mask). All types.
absl::Status ReferenceDropout(const ReferenceCall& call);

}  // namespace onebyone
