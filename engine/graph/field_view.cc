#include "engine/graph/field_view.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace onebyone {
namespace {

// The number of the last cell along the view's axis.
double LastCell(const FieldView& view, const Shape& shape) {
  return view.axis == FieldView::kNoAxis ? 0.0 : static_cast<double>(std::max<int64_t>(shape[view.axis] - 1, 0));
}

// All that any cell sees, for each of them.
FieldView Whole(const FieldView& view, const Shape& shape) {
  return {.low = view.low, .high = view.high + LastCell(view, shape) * view.stride};
}

FieldView OnAxis(const FieldView& view, int axis) {
  FieldView moved = view;
  moved.axis = axis;
  return moved;
}

// Cell 0 is now what was cell `first`.
FieldView StartAt(const FieldView& view, int64_t first) {
  FieldView moved = view;
  moved.low += static_cast<double>(first) * view.stride;
  moved.high += static_cast<double>(first) * view.stride;
  return moved;
}

FieldView ThroughWindow(const Window& window, size_t input, const FieldView& view, const Shape& shape) {
  if (input != 0 || view.axis < 2) return Whole(view, shape);
  const int axis = view.axis - 2;
  FieldView seen = StartAt(view, -window.pads_begin[axis]);
  seen.high += static_cast<double>((window.kernel[axis] - 1) * window.dilations[axis]) * view.stride;
  seen.stride *= static_cast<double>(window.strides[axis]);
  return seen;
}

FieldView ThroughBroadcast(const FieldView& view, const Shape& from, const Shape& to) {
  const int axis = view.axis + to.rank() - from.rank();
  return from[view.axis] == to[axis] ? OnAxis(view, axis) : Whole(view, from);
}

FieldView ThroughConcat(const Graph& graph, const Node& node, size_t input, const FieldView& view) {
  const int rank = graph.value(node.outputs[0]).shape.rank();
  const int64_t told = std::get<AxisAttributes>(node.attributes).axis;
  const int axis = static_cast<int>(told < 0 ? told + rank : told);
  if (view.axis != axis) return view;
  int64_t start = 0;
  for (size_t i = 0; i < input; ++i) start += graph.value(node.inputs[i]).shape[axis];
  return StartAt(view, -start);
}

// The axis lives on where the same extent has the same number of elements before it.
FieldView ThroughReshape(const FieldView& view, const Shape& from, const Shape& to) {
  int64_t before = 1;
  for (int axis = 0; axis < view.axis; ++axis) before *= from[axis];
  int64_t elements = 1;
  for (int axis = 0; axis < to.rank() && from[view.axis] > 1; ++axis) {
    if (elements == before && to[axis] == from[view.axis]) return OnAxis(view, axis);
    elements *= to[axis];
  }
  return Whole(view, from);
}

FieldView ThroughTranspose(const TransposeAttributes& transpose, const FieldView& view, const Shape& shape) {
  if (transpose.permutation.empty()) return OnAxis(view, shape.rank() - 1 - view.axis);
  const auto& permutation = transpose.permutation;
  const auto found = std::find(permutation.begin(), permutation.end(), view.axis);
  return OnAxis(view, static_cast<int>(std::distance(permutation.begin(), found)));
}

FieldView ThroughMean(const ReduceMeanAttributes& mean, const FieldView& view, const Shape& shape) {
  int gone_before = 0;
  for (const int64_t told : mean.axes) {
    const auto axis = static_cast<int>(told < 0 ? told + shape.rank() : told);
    if (axis == view.axis) return Whole(view, shape);
    if (axis < view.axis && !mean.keep_dims) ++gone_before;
  }
  return mean.axes.empty() ? Whole(view, shape) : OnAxis(view, view.axis - gone_before);
}

FieldView ThroughSoftmax(const SoftmaxAttributes& softmax, const FieldView& view, const Shape& shape) {
  const auto axis = static_cast<int>(softmax.axis < 0 ? softmax.axis + shape.rank() : softmax.axis);
  const bool mixed = softmax.flatten_to_2d ? view.axis >= axis : view.axis == axis;
  return mixed ? Whole(view, shape) : view;
}

}  // namespace

FieldView ThroughNode(const Graph& graph, const Node& node, size_t input, const FieldView& view) {
  if (view.axis == FieldView::kNoAxis) return view;
  const Shape& from = graph.value(node.inputs[input]).shape;
  const Shape& to = graph.value(node.outputs[0]).shape;
  switch (node.op) {
    case OpType::kConv: return ThroughWindow(std::get<ConvAttributes>(node.attributes).window, input, view, from);
    case OpType::kMaxPool:
    case OpType::kAveragePool:
      return ThroughWindow(std::get<PoolAttributes>(node.attributes).window, input, view, from);
    case OpType::kAdd:
    case OpType::kMul:
    case OpType::kSum: return ThroughBroadcast(view, from, to);
    case OpType::kConcat: return ThroughConcat(graph, node, input, view);
    case OpType::kFlatten:
    case OpType::kReshape:
    case OpType::kSqueeze:
    case OpType::kUnsqueeze: return ThroughReshape(view, from, to);
    case OpType::kTranspose: return ThroughTranspose(std::get<TransposeAttributes>(node.attributes), view, from);
    case OpType::kPad: return StartAt(view, -std::get<PadAttributes>(node.attributes).begin[view.axis]);
    case OpType::kReduceMean: return ThroughMean(std::get<ReduceMeanAttributes>(node.attributes), view, from);
    case OpType::kSoftmax: return ThroughSoftmax(std::get<SoftmaxAttributes>(node.attributes), view, from);
    case OpType::kBatchNormalization:
    case OpType::kRelu:
    case OpType::kLeakyRelu:
    case OpType::kClip:
    case OpType::kSigmoid:
    case OpType::kDropout:
    case OpType::kIdentity:
    case OpType::kCast:
    case OpType::kDequantizeLinear:
    case OpType::kQuantizeLinear: return input == 0 ? view : Whole(view, from);
    case OpType::kLrn: return view.axis == 1 ? Whole(view, from) : view;
    case OpType::kGlobalAveragePool:
    case OpType::kGlobalMaxPool:
    case OpType::kGemm:
    case OpType::kMatMul: break;
  }
  return Whole(view, from);
}

FieldView Join(const FieldView& a, const FieldView& b, const Shape& shape) {
  if (a.axis != b.axis && a.axis != FieldView::kNoAxis && b.axis != FieldView::kNoAxis) {
    return Join(Whole(a, shape), Whole(b, shape), shape);
  }
  FieldView joined;
  joined.axis = std::max(a.axis, b.axis);
  joined.stride = std::max(a.stride, b.stride);
  // A view that moves less than the joined one falls behind, at the last cell the most.
  const double last = LastCell(joined, shape);
  joined.low = std::min(a.low - last * (joined.stride - a.stride), b.low - last * (joined.stride - b.stride));
  joined.high = std::max(a.high, b.high);
  return joined;
}

}  // namespace onebyone
