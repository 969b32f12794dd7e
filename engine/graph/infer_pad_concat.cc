#include <algorithm>

#include "engine/base/status_macros.h"
#include "engine/graph/node_inference.h"

namespace onebyone {
namespace {

absl::StatusOr<int64_t> PaddedExtent(PadAttributes::Mode mode, int64_t extent, int64_t begin, int64_t end) {
  for (const int64_t pad : {begin, end}) {
    if (pad < -kMaxExtent || pad > kMaxExtent) {
      return absl::InvalidArgumentError(absl::StrCat("pads: want ", -kMaxExtent, " to ", kMaxExtent, ", got ", pad));
    }
  }
  const int64_t left = extent + std::min<int64_t>(begin, 0) + std::min<int64_t>(end, 0);
  if (left < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("pads: want cuts of at most ", extent, " cells together, got ", begin, " and ", end));
  }
  // A reflection turns at the last cell and cannot go past the other end; an edge needs a cell to repeat.
  const int64_t largest = mode == PadAttributes::Mode::kReflect ? left - 1
                          : mode == PadAttributes::Mode::kEdge  ? (left > 0 ? kMaxExtent : 0)
                                                                : kMaxExtent;
  const int64_t pad = std::max(begin, end);
  if (pad > 0 && pad > largest) {
    return absl::InvalidArgumentError(
        absl::StrCat("pads: want at most ", std::max<int64_t>(largest, 0), " in this mode, got ", pad));
  }
  return extent + begin + end;
}

}  // namespace

absl::StatusOr<Shape> InferPad(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* pad, AttributesAs<PadAttributes>(node));
  const Shape& input = inputs[0].shape;
  const auto rank = static_cast<size_t>(input.rank());
  if (pad->begin.size() != rank || pad->end.size() != rank) {
    return absl::InvalidArgumentError(absl::StrCat("pads: want two per axis of ", input.ToString(), ", got ",
                                                   pad->begin.size(), " and ", pad->end.size()));
  }
  if (HasInput(node, 1) && inputs[1].shape.Elements() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("constant value: want one element, got ", inputs[1].shape.ToString()));
  }
  Shape output;
  for (size_t axis = 0; axis < rank; ++axis) {
    ASSIGN_OR_RETURN(const int64_t extent,
                     PaddedExtent(pad->mode, input[static_cast<int>(axis)], pad->begin[axis], pad->end[axis]));
    output.Append(extent);
  }
  return output;
}

absl::StatusOr<Shape> InferConcat(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* concat, AttributesAs<AxisAttributes>(node));
  Shape output = inputs[0].shape;
  ASSIGN_OR_RETURN(const int axis, NormalizeAxis(concat->axis, output.rank()));
  for (size_t i = 1; i < inputs.size(); ++i) {
    Shape expected = inputs[0].shape;
    const Shape& input = inputs[i].shape;
    if (input.rank() == expected.rank()) expected[axis] = input[axis];
    if (input != expected) {
      return absl::InvalidArgumentError(absl::StrCat("input ", i, ": want ", inputs[0].shape.ToString(),
                                                     " but for axis ", axis, ", got ", input.ToString()));
    }
    output[axis] += input[axis];
  }
  return output;
}

}  // namespace onebyone
