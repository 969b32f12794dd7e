#include "engine/graph/fitting_shapes.h"

namespace onebyone {
namespace {

using KnownValues = std::vector<std::optional<ValueInfo>>;

// What is known of the node's inputs; nothing where one of them is not known.
std::optional<std::vector<ValueInfo>> InputsOf(const Graph& graph, const Node& node, const KnownValues& known) {
  std::vector<ValueInfo> inputs(node.inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const ValueId id = node.inputs[i];
    if (id == kNoValue) continue;
    const Value& value = graph.value(id);
    if (value.constant != nullptr) {
      inputs[i] = {value.constant->type(), value.constant->shape()};
    } else if (known[id].has_value()) {
      inputs[i] = *known[id];
    } else {
      return std::nullopt;
    }
  }
  return inputs;
}

}  // namespace

std::vector<std::optional<ValueInfo>> FittingShapes(const Graph& graph, const Shape& image) {
  KnownValues known(graph.value_count());
  for (const ValueId input : graph.inputs()) {
    const Value& value = graph.value(input);
    known[input] = ValueInfo{value.type, input == graph.inputs().front() ? image : value.shape};
  }
  for (const NodeId id : graph.NodeIds()) {
    const Node& node = graph.node(id);
    const std::optional<std::vector<ValueInfo>> inputs = InputsOf(graph, node, known);
    if (!inputs.has_value()) continue;
    const auto outputs = InferNode(node, *inputs);
    if (!outputs.ok()) continue;
    for (size_t i = 0; i < outputs->size(); ++i) known[node.outputs[i]] = (*outputs)[i];
  }
  return known;
}

}  // namespace onebyone
