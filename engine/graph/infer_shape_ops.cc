#include <algorithm>

#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/graph/node_inference.h"

namespace onebyone {
namespace {

// One extent of a Reshape other than -1.
absl::StatusOr<int64_t> ReshapedExtent(const ReshapeAttributes& reshape, size_t axis, const Shape& input) {
  const int64_t extent = reshape.shape[axis];
  if (extent == 0 && !reshape.allow_zero) {
    if (static_cast<int>(axis) < input.rank()) return input[static_cast<int>(axis)];
    return absl::InvalidArgumentError(
        absl::StrCat("shape: want an axis of the input ", input.ToString(), " to copy with 0, got axis ", axis));
  }
  if (extent < 0 || extent > kMaxExtent) {
    return absl::InvalidArgumentError(absl::StrCat("shape: want extents of -1 to ", kMaxExtent, ", got ", extent));
  }
  return extent;
}

absl::Status CheckReshape(const ReshapeAttributes& reshape) {
  if (reshape.shape.size() > kMaxRank) {
    return absl::InvalidArgumentError(
        absl::StrCat("shape: want at most ", kMaxRank, " axes, got ", reshape.shape.size()));
  }
  const auto inferred = std::count(reshape.shape.begin(), reshape.shape.end(), -1);
  if (inferred > 1) return absl::InvalidArgumentError(absl::StrCat("shape: want at most one -1, got ", inferred));
  if (inferred == 1 && reshape.allow_zero && std::count(reshape.shape.begin(), reshape.shape.end(), 0) > 0) {
    return absl::InvalidArgumentError("shape: want no -1 beside an extent of 0, got both");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<bool>> AxisFlags(absl::Span<const int64_t> axes, int rank) {
  std::vector<bool> flags(rank, false);
  for (const int64_t axis : axes) {
    ASSIGN_OR_RETURN(const int normalized, NormalizeAxis(axis, rank));
    if (flags[normalized]) {
      return absl::InvalidArgumentError(absl::StrCat("axes: want each axis once, got ", axis, " twice"));
    }
    flags[normalized] = true;
  }
  return flags;
}

absl::StatusOr<Shape> InferFlatten(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* flatten, AttributesAs<FlattenAttributes>(node));
  const Shape& input = inputs[0].shape;
  const int rank = input.rank();
  const int64_t axis = flatten->axis;
  if (axis < -rank || axis > rank) {  // unlike others, the rank itself is allowed: everything becomes rows
    return absl::InvalidArgumentError(absl::StrCat("axis: want ", -rank, " to ", rank, ", got ", axis));
  }
  const auto split = static_cast<size_t>(axis < 0 ? axis + rank : axis);
  ASSIGN_OR_RETURN(const int64_t rows, Shape(input.extents().first(split)).CheckedElements());
  ASSIGN_OR_RETURN(const int64_t columns, Shape(input.extents().subspan(split)).CheckedElements());
  return Shape({rows, columns});
}

absl::StatusOr<Shape> InferReshape(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* reshape, AttributesAs<ReshapeAttributes>(node));
  RETURN_IF_ERROR(CheckReshape(*reshape));
  const Shape& input = inputs[0].shape;
  Shape output;
  int inferred = -1;
  for (size_t axis = 0; axis < reshape->shape.size(); ++axis) {
    if (reshape->shape[axis] == -1) {
      inferred = static_cast<int>(axis);
      output.Append(1);
      continue;
    }
    ASSIGN_OR_RETURN(const int64_t extent, ReshapedExtent(*reshape, axis, input));
    output.Append(extent);
  }
  ASSIGN_OR_RETURN(const int64_t elements, output.CheckedElements());
  if (inferred >= 0 && elements > 0 && input.Elements() % elements == 0) output[inferred] = input.Elements() / elements;
  if ((inferred >= 0 && elements == 0) || output.Elements() != input.Elements()) {
    return absl::InvalidArgumentError(absl::StrCat("shape: want the ", input.Elements(), " elements of ",
                                                   input.ToString(), ", got [", absl::StrJoin(reshape->shape, ", "),
                                                   "]"));
  }
  return output;
}

absl::StatusOr<Shape> InferSqueeze(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* squeeze, AttributesAs<AxesAttributes>(node));
  const Shape& input = inputs[0].shape;
  ASSIGN_OR_RETURN(const std::vector<bool> squeezed, AxisFlags(squeeze->axes, input.rank()));
  Shape output;
  for (int axis = 0; axis < input.rank(); ++axis) {
    if (squeezed[axis] && input[axis] != 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("axes: want axes of extent 1, got axis ", axis, " of ", input.ToString()));
    }
    const bool drop = squeeze->axes.empty() ? input[axis] == 1 : squeezed[axis];
    if (!drop) output.Append(input[axis]);
  }
  return output;
}

absl::StatusOr<Shape> InferUnsqueeze(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* unsqueeze, AttributesAs<AxesAttributes>(node));
  const Shape& input = inputs[0].shape;
  if (unsqueeze->axes.size() > kMaxRank) {
    return absl::InvalidArgumentError(absl::StrCat("axes: want at most ", kMaxRank, ", got ", unsqueeze->axes.size()));
  }
  const int rank = input.rank() + static_cast<int>(unsqueeze->axes.size());
  ASSIGN_OR_RETURN(const std::vector<bool> added, AxisFlags(unsqueeze->axes, rank));
  Shape output;
  int next = 0;
  for (int axis = 0; axis < rank; ++axis) output.Append(added[axis] ? 1 : input[next++]);
  return output;
}

absl::StatusOr<Shape> InferTranspose(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* transpose, AttributesAs<TransposeAttributes>(node));
  const Shape& input = inputs[0].shape;
  const std::vector<int64_t>& permutation = transpose->permutation;
  if (permutation.empty()) {
    Shape output;
    for (int axis = input.rank() - 1; axis >= 0; --axis) output.Append(input[axis]);
    return output;
  }
  std::vector<bool> taken(input.rank(), false);
  Shape output;
  for (const int64_t axis : permutation) {
    if (axis < 0 || axis >= input.rank() || taken[axis]) break;
    taken[axis] = true;
    output.Append(input[static_cast<int>(axis)]);
  }
  if (output.rank() != input.rank() || permutation.size() != taken.size()) {
    return absl::InvalidArgumentError(absl::StrCat("permutation: want each axis of ", input.ToString(), " once, got [",
                                                   absl::StrJoin(permutation, ", "), "]"));
  }
  return output;
}

}  // namespace onebyone
