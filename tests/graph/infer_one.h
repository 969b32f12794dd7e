#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/graph/shape_inference.h"

namespace onebyone::testing {

using Extents = std::vector<int64_t>;

inline ValueInfo Float(const Extents& extents) { return {DataType::kFloat32, Shape(extents)}; }

// A window, of which a test names only what matters to it.
struct Slide {
  SpatialVector kernel = {};
  SpatialVector strides = {};
  SpatialVector dilations = {};
  SpatialVector pads_begin = {};
  SpatialVector pads_end = {};
  Window::AutoPad auto_pad = Window::AutoPad::kExplicit;
};

inline Window WindowOf(const Slide& slide) {
  Window window;
  window.kernel = slide.kernel;
  window.strides = slide.strides;
  window.dilations = slide.dilations;
  window.pads_begin = slide.pads_begin;
  window.pads_end = slide.pads_end;
  window.auto_pad = slide.auto_pad;
  return window;
}

inline ConvAttributes ConvOf(const Slide& slide, int64_t groups = 1) {
  ConvAttributes conv;
  conv.window = WindowOf(slide);
  conv.groups = groups;
  return conv;
}

inline PoolAttributes PoolOf(const Slide& slide, bool ceil_mode = false) {
  PoolAttributes pool;
  pool.window = WindowOf(slide);
  pool.ceil_mode = ceil_mode;
  return pool;
}

// What InferNode tells of a lone node "n" with all of `inputs` there.
inline absl::StatusOr<std::vector<ValueInfo>> InferOne(OpType op, Attributes attributes,
                                                       const std::vector<ValueInfo>& inputs, int outputs = 1) {
  Node node;
  node.op = op;
  node.name = "n";
  node.attributes = std::move(attributes);
  for (size_t i = 0; i < inputs.size(); ++i) node.inputs.push_back(static_cast<ValueId>(i));
  for (int i = 0; i < outputs; ++i) node.outputs.push_back(static_cast<ValueId>(inputs.size()) + i);
  return InferNode(node, inputs);
}

// The shape of the only output for float32 inputs.
inline absl::StatusOr<Shape> InferShapeOf(OpType op, Attributes attributes, const std::vector<Extents>& inputs) {
  std::vector<ValueInfo> known;
  for (const Extents& extents : inputs) known.push_back(Float(extents));
  const absl::StatusOr<std::vector<ValueInfo>> outputs = InferOne(op, std::move(attributes), known);
  if (!outputs.ok()) return outputs.status();
  return outputs->front().shape;
}

// One row of a table: a node and the shape that it must give.
struct ShapeCase {
  std::string what;
  OpType op;
  Attributes attributes;
  std::vector<Extents> inputs;
  Extents output;
};

inline std::string NameOfCase(const ::testing::TestParamInfo<ShapeCase>& test) { return test.param.what; }

}  // namespace onebyone::testing
