#include <algorithm>

#include "engine/base/status_macros.h"
#include "engine/graph/node_inference.h"
#include "engine/op/window_arithmetic.h"

namespace onebyone {
namespace {

absl::Status CheckWindowInput(const Shape& input) {
  if (input.rank() < 3 || input.rank() > 5) {
    return absl::InvalidArgumentError(
        absl::StrCat("input: want [N, C, ...] with 1 to 3 spatial axes, got ", input.ToString()));
  }
  for (int axis = 1; axis < input.rank(); ++axis) {
    if (input[axis] < 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("input: want at least one channel and cell, got ", input.ToString()));
    }
  }
  return absl::OkStatus();
}

// The window over the spatial axes of `input`; `kernel`, where there is one, is that of the weights.
absl::StatusOr<Window> WindowOver(const Window& window, const Shape& input, absl::Span<const int64_t> kernel) {
  return ResolveWindow(window, input.extents().subspan(2), kernel);
}

absl::Status CheckConvChannels(int64_t groups, const Shape& input, const Shape& weights) {
  if (groups < 1 || weights[0] < 1 || input[1] % groups != 0 || weights[0] % groups != 0) {
    return absl::InvalidArgumentError(absl::StrCat("groups: want a divisor of the ", input[1], " input channels and ",
                                                   weights[0], " output channels, got ", groups));
  }
  if (weights[1] != input[1] / groups) {
    return absl::InvalidArgumentError(absl::StrCat("weights: want ", input[1] / groups,
                                                   " input channels per group for ", input[1], " channels in ", groups,
                                                   " groups, got ", weights.ToString()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Shape> InferConv(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* conv, AttributesAs<ConvAttributes>(node));
  const Shape& input = inputs[0].shape;
  const Shape& weights = inputs[1].shape;
  RETURN_IF_ERROR(CheckWindowInput(input));
  if (weights.rank() != input.rank()) {
    return absl::InvalidArgumentError(
        absl::StrCat("weights: want as many axes as the input ", input.ToString(), ", got ", weights.ToString()));
  }
  RETURN_IF_ERROR(CheckConvChannels(conv->groups, input, weights));
  if (HasInput(node, 2) && inputs[2].shape != Shape({weights[0]})) {
    return absl::InvalidArgumentError(absl::StrCat("bias: want [", weights[0], "], got ", inputs[2].shape.ToString()));
  }
  ASSIGN_OR_RETURN(const Window window, WindowOver(conv->window, input, weights.extents().subspan(2)));
  return WindowedShape(input, weights[0], window, /*ceil_mode=*/false);
}

absl::StatusOr<Shape> InferPool(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* pool, AttributesAs<PoolAttributes>(node));
  const Shape& input = inputs[0].shape;
  RETURN_IF_ERROR(CheckWindowInput(input));
  ASSIGN_OR_RETURN(const Window window, WindowOver(pool->window, input, {}));
  if (pool->window.auto_pad == Window::AutoPad::kExplicit) {
    for (size_t axis = 0; axis < window.kernel.size(); ++axis) {
      // Else a window could lie in the padding altogether, and have no maximum or mean.
      const int64_t pad = std::max(window.pads_begin[axis], window.pads_end[axis]);
      if (pad >= window.kernel[axis]) {
        return absl::InvalidArgumentError(
            absl::StrCat("pads: want less than the kernel of ", window.kernel[axis], ", got ", pad));
      }
    }
  }
  return WindowedShape(input, input[1], window, pool->ceil_mode);
}

absl::StatusOr<Window> ExplicitWindow(const Node& node, absl::Span<const ValueInfo> inputs) {
  if (node.op == OpType::kConv) {
    ASSIGN_OR_RETURN(const auto* conv, AttributesAs<ConvAttributes>(node));
    return WindowOver(conv->window, inputs[0].shape, inputs[1].shape.extents().subspan(2));
  }
  ASSIGN_OR_RETURN(const auto* pool, AttributesAs<PoolAttributes>(node));
  return WindowOver(pool->window, inputs[0].shape, {});
}

}  // namespace onebyone
