#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/import/node_parser.h"
#include "engine/op/attributes.h"

namespace onebyone {

// kernel_shape, strides, pads and auto_pad of a convolution or a pool. `weights_kernel`: what the weights say, where
// they are known; it stands for a kernel_shape that is absent. Vectors are filled in with their defaults as soon as the
// number of axes is known, and left empty otherwise. INVALID_ARGUMENT for lengths that differ or numbers out of range.
absl::StatusOr<Window> ParseWindow(NodeParser& node, const SpatialVector& weights_kernel);

// `dilations`, for the operators that have them, into a window that ParseWindow gave.
absl::Status ParseDilations(NodeParser& node, Window& window);

}  // namespace onebyone
