#include "engine/passes/fuse_activation.h"

#include <optional>

#include "engine/passes/take_over.h"

namespace onebyone {
namespace {

std::optional<Activation> ActivationOf(const Node& node) {
  const auto* attributes = std::get_if<ActivationAttributes>(&node.attributes);
  if (attributes == nullptr || node.inputs.size() != 1 || node.outputs.size() != 1) return std::nullopt;
  Activation activation = attributes->activation;
  switch (node.op) {
    case OpType::kRelu: activation.kind = Activation::Kind::kRelu; break;
    case OpType::kLeakyRelu: activation.kind = Activation::Kind::kLeakyRelu; break;
    case OpType::kClip: activation.kind = Activation::Kind::kClip; break;
    case OpType::kSigmoid: activation.kind = Activation::Kind::kSigmoid; break;
    default: return std::nullopt;
  }
  return activation;
}

bool CanTakeActivation(const Graph& graph, const Node& node) {
  const auto* conv = std::get_if<ConvAttributes>(&node.attributes);
  return conv != nullptr && !conv->activation.has_value() && node.inputs.size() >= 2 &&
         graph.value(node.inputs[1]).type == DataType::kFloat32;
}

}  // namespace

absl::StatusOr<int> FuseActivation::Run(Graph& graph) const {
  int rewrites = 0;
  for (const NodeId id : graph.NodesOf(OpType::kConv)) {
    if (!CanTakeActivation(graph, graph.node(id))) continue;
    const NodeId reader = graph.SoleConsumer(graph.node(id).outputs.front());
    if (reader == kNoNode) continue;
    const std::optional<Activation> activation = ActivationOf(graph.node(reader));
    if (!activation.has_value()) continue;
    std::get<ConvAttributes>(graph.node(id).attributes).activation = activation;
    TakeOver(graph, id, reader);
    ++rewrites;
  }
  return rewrites;
}

}  // namespace onebyone
