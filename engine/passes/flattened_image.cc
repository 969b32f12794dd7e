#include "engine/passes/flattened_image.h"

namespace onebyone {

bool FlattensImage(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.op != OpType::kFlatten && node.op != OpType::kReshape && node.op != OpType::kSqueeze) return false;
  if (node.inputs.empty() || node.inputs.front() == kNoValue || node.outputs.size() != 1) return false;
  const Value& image = graph.value(node.inputs.front());
  const Value& matrix = graph.value(node.outputs.front());
  if (!image.has_shape || !matrix.has_shape || image.type != DataType::kFloat32) return false;
  if (image.shape.rank() != 4 || matrix.shape.rank() != 2) return false;
  if (!image.shape.IsKnown() || !image.shape.CheckedElements().ok() || image.shape.Elements() == 0) return false;
  return matrix.shape[0] == image.shape[0] && matrix.shape[1] == image.shape[1] * image.shape[2] * image.shape[3];
}

ValueId FlattenedImage(const Graph& graph, ValueId matrix) {
  NodeId producer = graph.value(matrix).producer;
  while (producer != kNoNode) {
    const Node& node = graph.node(producer);
    if (FlattensImage(graph, producer)) return node.inputs.front();
    const bool keeps = node.op == OpType::kIdentity || (node.op == OpType::kDropout && node.outputs.front() == matrix);
    if (!keeps) return kNoValue;
    matrix = node.inputs.front();
    producer = graph.value(matrix).producer;
  }
  return kNoValue;
}

}  // namespace onebyone
