#include "engine/base/status_macros.h"
#include "engine/graph/node_inference.h"

namespace onebyone {
namespace {

absl::Status CheckNotEmpty(const Shape& input, int axis) {
  if (input[axis] > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("input: want at least one cell on axis ", axis, " to reduce, got ", input.ToString()));
}

}  // namespace

absl::StatusOr<Shape> InferGlobalPool(const Node&, absl::Span<const ValueInfo> inputs) {
  const Shape& input = inputs[0].shape;
  if (input.rank() < 3) {
    return absl::InvalidArgumentError(
        absl::StrCat("input: want [N, C, ...] with at least one spatial axis, got ", input.ToString()));
  }
  Shape output({input[0], input[1]});
  for (int axis = 2; axis < input.rank(); ++axis) {
    RETURN_IF_ERROR(CheckNotEmpty(input, axis));
    output.Append(1);
  }
  return output;
}

absl::StatusOr<Shape> InferReduceMean(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* mean, AttributesAs<ReduceMeanAttributes>(node));
  const Shape& input = inputs[0].shape;
  ASSIGN_OR_RETURN(std::vector<bool> reduced, AxisFlags(mean->axes, input.rank()));
  if (mean->axes.empty()) reduced.assign(reduced.size(), true);
  Shape output;
  for (int axis = 0; axis < input.rank(); ++axis) {
    if (!reduced[axis]) {
      output.Append(input[axis]);
      continue;
    }
    RETURN_IF_ERROR(CheckNotEmpty(input, axis));
    if (mean->keep_dims) output.Append(1);
  }
  return output;
}

}  // namespace onebyone
