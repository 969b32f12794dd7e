#include "engine/workbench/reduction_cost.h"

#include <algorithm>
#include <optional>
#include <variant>

#include "absl/container/flat_hash_set.h"
#include "engine/graph/cost.h"

namespace onebyone {
namespace {

// The kernel's extents of a two-dimensional convolution without groups; nothing for any other node.
std::optional<Shape> KernelOf(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.op != OpType::kConv || node.inputs.size() < 2 || std::get<ConvAttributes>(node.attributes).groups != 1) {
    return std::nullopt;
  }
  const Value& weights = graph.value(node.inputs[1]);
  return weights.shape.rank() == 4 ? std::optional<Shape>(weights.shape) : std::nullopt;
}

// Operators that work on each element alone, so that they could as well stand behind the larger convolution.
bool KeepsChannels(OpType op) {
  switch (op) {
    case OpType::kRelu:
    case OpType::kLeakyRelu:
    case OpType::kClip:
    case OpType::kSigmoid:
    case OpType::kBatchNormalization:
    case OpType::kIdentity:
    case OpType::kDropout: return true;
    default: return false;
  }
}

// The convolution that computes `value`, but for activations; kNoNode where something else does.
NodeId ConvBehind(const Graph& graph, ValueId value) {
  NodeId producer = graph.value(value).producer;
  while (producer != kNoNode && KeepsChannels(graph.node(producer).op)) {
    producer = graph.value(graph.node(producer).inputs.front()).producer;
  }
  return producer != kNoNode && KernelOf(graph, producer) ? producer : kNoNode;
}

std::optional<ReductionCost> CostOf(const Graph& graph, NodeId conv) {
  const std::optional<Shape> kernel = KernelOf(graph, conv);
  if (!kernel || (*kernel)[2] * (*kernel)[3] <= 1) return std::nullopt;
  const NodeId reduce = ConvBehind(graph, graph.node(conv).inputs.front());
  if (reduce == kNoNode) return std::nullopt;
  const Shape weights = *KernelOf(graph, reduce);
  if (weights[2] * weights[3] != 1 || weights[0] > weights[1] || weights[0] != (*kernel)[1]) return std::nullopt;

  ReductionCost cost = {.reduce = graph.value(graph.node(reduce).outputs.front()).name,
                        .conv = graph.value(graph.node(conv).outputs.front()).name,
                        .kernel_height = (*kernel)[2],
                        .kernel_width = (*kernel)[3],
                        .in_channels = weights[1],
                        .reduced_channels = weights[0],
                        .out_channels = (*kernel)[0]};
  cost.reduce_multiply_adds = MultiplyAdds(graph, reduce);
  cost.conv_multiply_adds = MultiplyAdds(graph, conv);
  cost.direct_multiply_adds = cost.conv_multiply_adds / cost.reduced_channels * cost.in_channels;
  return cost;
}

}  // namespace

std::vector<ReductionCost> FindReductions(const Graph& graph) {
  std::vector<ReductionCost> costs;
  for (const NodeId conv : graph.NodesOf(OpType::kConv)) {
    if (std::optional<ReductionCost> cost = CostOf(graph, conv)) costs.push_back(*std::move(cost));
  }
  return costs;
}

ReductionTotals Sum(const std::vector<ReductionCost>& costs) {
  ReductionTotals totals;
  absl::flat_hash_set<std::string> counted;
  for (const ReductionCost& cost : costs) {
    totals.direct += cost.direct_multiply_adds;
    totals.with_reduction += cost.conv_multiply_adds;
    if (counted.insert(cost.reduce).second) totals.with_reduction += cost.reduce_multiply_adds;
  }
  return totals;
}

}  // namespace onebyone
