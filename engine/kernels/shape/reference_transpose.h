#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// The axes in another order: output axis i is input axis permutation[i]. All types.
absl::Status ReferenceTranspose(const ReferenceCall& call);

}  // namespace onebyone
