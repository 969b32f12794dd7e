#include "engine/graph/cost.h"

#include <algorithm>

namespace onebyone {
namespace {

// None of the products overflows: inference holds every tensor to 2^31 elements, and each product is of two such
// numbers.
int64_t GemmMultiplyAdds(const Graph& graph, const Node& node) {
  const Shape& a = graph.value(node.inputs[0]).shape;
  const int64_t inner = a[std::get<GemmAttributes>(node.attributes).transpose_a ? 0 : 1];
  return graph.value(node.outputs[0]).shape.Elements() * inner;
}

int64_t ConvMultiplyAdds(const Graph& graph, const Node& node) {
  const Shape& weights = graph.value(node.inputs[1]).shape;
  return graph.value(node.outputs[0]).shape.Elements() * (weights.Elements() / weights[0]);
}

int64_t MatMulMultiplyAdds(const Graph& graph, const Node& node) {
  const Shape& a = graph.value(node.inputs[0]).shape;
  return graph.value(node.outputs[0]).shape.Elements() * a[a.rank() - 1];
}

}  // namespace

int64_t MultiplyAdds(const Graph& graph, NodeId node) {
  switch (graph.node(node).op) {
    case OpType::kConv: return ConvMultiplyAdds(graph, graph.node(node));
    case OpType::kGemm: return GemmMultiplyAdds(graph, graph.node(node));
    case OpType::kMatMul: return MatMulMultiplyAdds(graph, graph.node(node));
    default: return 0;
  }
}

int64_t Parameters(const Graph& graph, NodeId node) {
  const std::vector<ValueId>& inputs = graph.node(node).inputs;
  int64_t parameters = 0;
  for (auto input = inputs.begin(); input != inputs.end(); ++input) {
    const Tensor* constant = graph.ConstantOf(*input);
    if (constant != nullptr && std::find(inputs.begin(), input, *input) == input) parameters += constant->elements();
  }
  return parameters;
}

}  // namespace onebyone
