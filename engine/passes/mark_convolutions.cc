#include "engine/passes/mark_convolutions.h"

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

// Sets `mark` of the convolutions behind `layers`; returns how many did not have it.
int Mark(Graph& graph, const absl::btree_set<std::string>& layers, bool ConvAttributes::*mark) {
  int rewrites = 0;
  for (const std::string& layer : layers) {
    const ValueId value = graph.FindValue(layer);
    if (value == kNoValue) continue;
    const NodeId id = ConvBehind(graph, value);
    if (id == kNoNode) continue;
    auto& attributes = std::get<ConvAttributes>(graph.node(id).attributes);
    rewrites += attributes.*mark ? 0 : 1;
    attributes.*mark = true;
  }
  return rewrites;
}

}  // namespace

absl::StatusOr<int> MarkConvolutions::Run(Graph& graph) const {
  return Mark(graph, float_layers, &ConvAttributes::stays_float) +
         Mark(graph, winograd_layers, &ConvAttributes::byte_winograd) +
         Mark(graph, companded_layers, &ConvAttributes::is_companded);
}

}  // namespace onebyone
