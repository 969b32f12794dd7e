#include "engine/base/status_macros.h"
#include "engine/graph/node_inference.h"

namespace onebyone {

absl::StatusOr<Shape> InferGemm(const Node& node, absl::Span<const ValueInfo> inputs) {
  ASSIGN_OR_RETURN(const auto* gemm, AttributesAs<GemmAttributes>(node));
  const Shape& a = inputs[0].shape;
  const Shape& b = inputs[1].shape;
  if (a.rank() != 2 || b.rank() != 2) {
    return absl::InvalidArgumentError(absl::StrCat("A, B: want matrices, got ", a.ToString(), " and ", b.ToString()));
  }
  const int64_t inner_a = a[gemm->transpose_a ? 0 : 1];
  const int64_t inner_b = b[gemm->transpose_b ? 1 : 0];
  if (inner_a != inner_b) {
    return absl::InvalidArgumentError(absl::StrCat("B: want ", inner_a, " inner elements as A ", a.ToString(), ", got ",
                                                   b.ToString(), gemm->transpose_b ? ", transposed" : ""));
  }
  const Shape result({a[gemm->transpose_a ? 1 : 0], b[gemm->transpose_b ? 0 : 1]});
  if (HasInput(node, 2)) {
    // C broadcasts to the result, never the other way round.
    const absl::StatusOr<Shape> broadcast = BroadcastShapes(result, inputs[2].shape);
    if (!broadcast.ok() || *broadcast != result) {
      return absl::InvalidArgumentError(
          absl::StrCat("C: want a shape that broadcasts to ", result.ToString(), ", got ", inputs[2].shape.ToString()));
    }
  }
  return result;
}

absl::StatusOr<Shape> InferMatMul(const Node&, absl::Span<const ValueInfo> inputs) {
  const Shape& a = inputs[0].shape;
  const Shape& b = inputs[1].shape;
  if (a.rank() == 0 || b.rank() == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("operands: want at least one axis each, got ", a.ToString(), " and ", b.ToString()));
  }
  // As in numpy: a vector on the left is a row, on the right a column, and its axis of 1 is missing from the result.
  const int64_t inner_a = a[a.rank() - 1];
  const int64_t inner_b = b[b.rank() == 1 ? 0 : b.rank() - 2];
  if (inner_a != inner_b) {
    return absl::InvalidArgumentError(
        absl::StrCat("operands: want equal inner extents, got ", a.ToString(), " and ", b.ToString()));
  }
  const absl::Span<const int64_t> stack_a =
      a.rank() > 2 ? a.extents().first(a.rank() - 2) : absl::Span<const int64_t>();
  const absl::Span<const int64_t> stack_b =
      b.rank() > 2 ? b.extents().first(b.rank() - 2) : absl::Span<const int64_t>();
  ASSIGN_OR_RETURN(Shape result, BroadcastShapes(Shape(stack_a), Shape(stack_b)));
  if (a.rank() > 1) result.Append(a[a.rank() - 2]);
  if (b.rank() > 1) result.Append(b[b.rank() - 1]);
  return result;
}

}  // namespace onebyone
