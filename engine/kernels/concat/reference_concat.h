#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// The inputs, one after the other along one axis. All types.
absl::Status ReferenceConcat(const ReferenceCall& call);

}  // namespace onebyone
