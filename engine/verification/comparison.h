#pragma once

#include "absl/status/statusor.h"
#include "engine/base/npy.h"
#include "engine/tensor/tensor_view.h"

namespace onebyone {

// How far a map is from what other software computed.
struct Comparison {
  double largest = 0;         // absolute value in what was expected
  double max_difference = 0;  // infinite where a number on either side is not finite
  bool same_top = true;       // the largest element is at the same place
  double cosine = 1;          // 0 where a number is not finite or one side is all zero and the other is not

  // The difference as a share of the largest value.
  double Relative() const;
  bool Within(double tolerance) const { return Relative() <= tolerance; }
};

// `expected`: float32 ("<f4") of the same shape; extents of 1 don't count. INVALID_ARGUMENT otherwise.
absl::StatusOr<Comparison> Compare(const ConstTensorView& map, const NpyArray& expected);

}  // namespace onebyone
