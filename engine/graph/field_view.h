#pragma once

#include <cstddef>

#include "engine/graph/graph.h"

// Internal to receptive_field: how one operator changes what cells see along one axis of the image.

namespace onebyone {

// Cell i along `axis` of a value sees the pixels [low + i * stride, high + i * stride] along one axis of the image;
// with kNoAxis every cell sees [low, high], and the stride is 0.
struct FieldView {
  static constexpr int kNoAxis = -1;
  int axis = kNoAxis;
  double stride = 0.0;
  double low = 0.0;
  double high = 0.0;
};

// What the cells of the node's output see through its input number `input`, whose cells see `view`. Shapes must be
// inferred and windows explicit. Where an operator mixes cells in a way of its own, each sees all that any of them saw.
FieldView ThroughNode(const Graph& graph, const Node& node, size_t input, const FieldView& view);

// What the cells of a value of `shape` see that sees both: for every cell, at least the hull of the two.
FieldView Join(const FieldView& a, const FieldView& b, const Shape& shape);

}  // namespace onebyone
