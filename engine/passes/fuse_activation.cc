#include "engine/passes/fuse_activation.h"

#include <algorithm>
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
  return conv != nullptr && node.inputs.size() >= 2 && graph.value(node.inputs[1]).type == DataType::kFloat32;
}

// One activation that does what both do, the first one first; nothing where there is none. A clip behind a ReLU is what
// other software's quantization leaves.
std::optional<Activation> Joined(const std::optional<Activation>& first, const Activation& second) {
  if (!first.has_value()) return second;
  if (first->kind != Activation::Kind::kRelu || second.kind != Activation::Kind::kClip) return std::nullopt;
  Activation clip = second;
  clip.low = std::max(clip.low, 0.0F);
  if (!(clip.low <= clip.high)) return std::nullopt;
  return clip;
}

// Lets the convolution compute what reads it; false where that is no activation, or one too many.
bool TakeActivation(Graph& graph, NodeId id) {
  const NodeId reader = graph.SoleConsumer(graph.node(id).outputs.front());
  if (reader == kNoNode) return false;
  const std::optional<Activation> second = ActivationOf(graph.node(reader));
  if (!second.has_value()) return false;
  std::optional<Activation>& first = std::get<ConvAttributes>(graph.node(id).attributes).activation;
  const std::optional<Activation> both = Joined(first, *second);
  if (!both.has_value()) return false;
  first = both;
  TakeOver(graph, id, reader);
  return true;
}

}  // namespace

absl::StatusOr<int> FuseActivation::Run(Graph& graph) const {
  int rewrites = 0;
  for (const NodeId id : graph.NodesOf(OpType::kConv)) {
    if (!CanTakeActivation(graph, graph.node(id))) continue;
    while (TakeActivation(graph, id)) ++rewrites;
  }
  return rewrites;
}

}  // namespace onebyone
