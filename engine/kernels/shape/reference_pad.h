#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// The input with elements added or, by negative numbers, cut off at both ends of each axis. What is to be cut goes
// first, then kEdge repeats the outermost element, kReflect mirrors about it (as often as needed) and kConstant takes
// the second input, or without one the attribute `value`. All types. INVALID_ARGUMENT where there is no element to
// repeat or mirror.
absl::Status ReferencePad(const ReferenceCall& call);

}  // namespace onebyone
