#pragma once

#include "engine/tensor/tensor_view.h"

namespace onebyone {

// How far a map is from the one that was wanted.
struct FeatureDifference {
  double pooled_cosine = 1;   // of the means over the pixels; of the vectors themselves where there are no pixels
  double map_cosine = 1;      // of all elements
  double relative_error = 0;  // length of the difference as a share of the length of what was wanted
};

// Both float32 [1, C, H, W] or [1, C], of one shape. The cosine of two zero vectors is 1, of a zero vector and another
// 0, as is that of anything that holds NaN or infinity, whose error is infinite.
FeatureDifference CompareFeatures(const ConstTensorView& wanted, const ConstTensorView& got);

// Where the largest element is; the first of several.
int64_t LargestAt(const ConstTensorView& map);

}  // namespace onebyone
