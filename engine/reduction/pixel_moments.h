#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/tensor/tensor_view.h"

namespace onebyone {

// First and second moments of the pixels of a layer with C channels, in double precision.
struct PixelMoments {
  int64_t pixels = 0;
  std::vector<double> mean;     // [C]; empty without pixels
  std::vector<double> scatter;  // [C, C]: the sum over the pixels of (x - mean) (x - mean)'

  int64_t channels() const { return static_cast<int64_t>(mean.size()); }
};

// Of one map, float32 [C, H, W] or [C] (one pixel). INVALID_ARGUMENT, naming the channel, where a number is not finite.
// The same bits on every machine.
absl::StatusOr<PixelMoments> MomentsOf(const ConstTensorView& map);

// Makes `total` the moments of its own pixels and those of `more`, which has as many channels unless `total` is empty
// (Chan, Golub, LeVeque 1983: nothing cancels). Merging in another order gives other roundings.
void Merge(const PixelMoments& more, PixelMoments& total);

}  // namespace onebyone
