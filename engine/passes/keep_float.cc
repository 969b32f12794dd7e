#include "engine/passes/keep_float.h"

namespace onebyone {
namespace {

// The convolution whose result is `value`, but for what may be fused into it.
NodeId ConvBehind(const Graph& graph, ValueId value) {
  while (value != kNoValue && graph.value(value).producer != kNoNode) {
    const NodeId producer = graph.value(value).producer;
    const Node& node = graph.node(producer);
    switch (node.op) {
      case OpType::kConv: return producer;
      case OpType::kBatchNormalization:
      case OpType::kRelu:
      case OpType::kLeakyRelu:
      case OpType::kClip:
      case OpType::kSigmoid: value = node.inputs.front(); break;
      default: return kNoNode;
    }
  }
  return kNoNode;
}

}  // namespace

absl::StatusOr<int> KeepFloat::Run(Graph& graph) const {
  int rewrites = 0;
  for (const std::string& layer : layers) {
    const ValueId value = graph.FindValue(layer);
    if (value == kNoValue) continue;
    const NodeId id = ConvBehind(graph, value);
    if (id == kNoNode) continue;
    auto& attributes = std::get<ConvAttributes>(graph.node(id).attributes);
    rewrites += attributes.stays_float ? 0 : 1;
    attributes.stays_float = true;
  }
  return rewrites;
}

}  // namespace onebyone
