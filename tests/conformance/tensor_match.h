#pragma once

#include "absl/status/status.h"
#include "engine/tensor/tensor_view.h"

namespace onebyone::testing {

// How far floating-point elements may be off: |got - wanted| <= absolute + relative * |wanted|.
struct Tolerance {
  double relative = 1e-3;
  double absolute = 1e-7;
};

// OK where both have the same type, shape and elements; floating-point elements within `tolerance` (equal where
// infinite or NaN), others exactly. Otherwise INVALID_ARGUMENT, naming the first difference.
absl::Status Match(const ConstTensorView& got, const ConstTensorView& wanted, const Tolerance& tolerance);

}  // namespace onebyone::testing
