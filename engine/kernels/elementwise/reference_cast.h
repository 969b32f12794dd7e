#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// Each element in another type. To a float type: rounded to nearest even, overflow gives infinity. Float to integer:
// cut towards zero, held at the bounds of the type, NaN gives 0. Integer to integer: wrapped. To bool: whether it is
// not 0.
absl::Status ReferenceCast(const ReferenceCall& call);

}  // namespace onebyone
