#pragma once

#include <cstdint>
#include <initializer_list>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "engine/graph/graph.h"
#include "engine/graph/shape_inference.h"

// Internal to shape inference: the rules of single operators, and what they share. A rule is called after InferNode has
// checked how many inputs there are, their types, and that their shapes are known; it checks the rest and returns the
// shape of the first output. Its errors are INVALID_ARGUMENT and do not name the node: InferNode does.

namespace onebyone {

using ShapeRule = absl::StatusOr<Shape> (*)(const Node& node, absl::Span<const ValueInfo> inputs);

// infer_window.cc
absl::StatusOr<Shape> InferConv(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferPool(const Node& node, absl::Span<const ValueInfo> inputs);
// The window of a convolution or pool with every vector filled in and its padding explicit.
absl::StatusOr<Window> ExplicitWindow(const Node& node, absl::Span<const ValueInfo> inputs);

// infer_elementwise.cc
absl::StatusOr<Shape> InferSameShape(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferActivation(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferBroadcast(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferBatchNormalization(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferLrn(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferSoftmax(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferCast(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferDequantizeLinear(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferQuantizeLinear(const Node& node, absl::Span<const ValueInfo> inputs);

// infer_matrix.cc
absl::StatusOr<Shape> InferGemm(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferMatMul(const Node& node, absl::Span<const ValueInfo> inputs);

// infer_mean.cc
absl::StatusOr<Shape> InferGlobalPool(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferReduceMean(const Node& node, absl::Span<const ValueInfo> inputs);

// infer_shape_ops.cc
absl::StatusOr<Shape> InferFlatten(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferReshape(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferSqueeze(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferUnsqueeze(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferTranspose(const Node& node, absl::Span<const ValueInfo> inputs);

// infer_pad_concat.cc
absl::StatusOr<Shape> InferPad(const Node& node, absl::Span<const ValueInfo> inputs);
absl::StatusOr<Shape> InferConcat(const Node& node, absl::Span<const ValueInfo> inputs);

// -- What the rules share.

// No extent and no window number may be larger, so that sums and products of two stay within 64 bits.
inline constexpr int64_t kMaxExtent = Shape::kMaxElements;

// More axes than any network has, yet few enough for a kernel to walk them on the stack.
inline constexpr int kMaxRank = 32;

// Whether the input is there, as an optional one may not be.
inline bool HasInput(const Node& node, size_t input) {
  return input < node.inputs.size() && node.inputs[input] != kNoValue;
}

// The attributes of `node`, which its operator must have as T.
template <typename T>
absl::StatusOr<const T*> AttributesAs(const Node& node) {
  const T* attributes = std::get_if<T>(&node.attributes);
  if (attributes == nullptr) return absl::InvalidArgumentError("attributes: want those of the operator, got another's");
  return attributes;
}

// `axes` counted from the front, as flags per axis of a shape of `rank`. INVALID_ARGUMENT outside it or where one comes
// twice.
absl::StatusOr<std::vector<bool>> AxisFlags(absl::Span<const int64_t> axes, int rank);

}  // namespace onebyone
