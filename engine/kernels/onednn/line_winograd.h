#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/kernels/onednn/onednn_kernels.h"

namespace onebyone {

// Winograd in one dimension, for the windows that oneDNN has no Winograd for: F(4, r) along the longer axis of the
// window, r = 3, 5 or 7 (in bfloat16 F(2, 7)); what the window spans along the other axis is added up. The products
// over the channels are matrix products of oneDNN, m + r - 1 at once. `Line` axes are those that tiles run along.
//
// UNIMPLEMENTED where the convolution is not blocked, has strides, dilations, groups or siblings, or an activation that
// is no cut-off.
absl::StatusOr<std::shared_ptr<const Kernel>> MakeLineWinograd(const ConvSpec& spec, WeightCache& weights);

}  // namespace onebyone
