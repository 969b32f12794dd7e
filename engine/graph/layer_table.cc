#include "engine/graph/layer_table.h"

#include <limits>
#include <string>
#include <utility>

#include "engine/graph/cost.h"

namespace onebyone {
namespace {

struct Cost {
  int64_t multiply_adds = 0;
  int64_t parameters = 0;
};

// Each number fits, but a hostile graph may have many.
int64_t AddSaturated(int64_t a, int64_t b) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  return a > kMost - b ? kMost : a + b;
}

// Sums over all that a node needs, itself included; what several branches share counts once.
class NeededCost {
 public:
  explicit NeededCost(const Graph& graph) : graph_(graph), last_visit_(graph.value_count(), kNoNode) {}

  Cost Of(NodeId root) {
    Cost cost;
    std::vector<NodeId> stack = {root};
    Visit(graph_.node(root).outputs.front(), root);
    while (!stack.empty()) {
      const NodeId node = stack.back();
      stack.pop_back();
      cost.multiply_adds = AddSaturated(cost.multiply_adds, MultiplyAdds(graph_, node));
      for (const ValueId input : graph_.node(node).inputs) {
        if (input == kNoValue) continue;
        const Tensor* constant = graph_.ConstantOf(input);
        if (constant != nullptr && Visit(input, root)) {
          cost.parameters = AddSaturated(cost.parameters, constant->elements());
        }
        for (const NodeId producer : graph_.ProducersOf(input)) {
          if (Visit(graph_.node(producer).outputs.front(), root)) stack.push_back(producer);
        }
      }
    }
    return cost;
  }

 private:
  // Whether the walk from `root` comes by for the first time. A node goes by its first output.
  bool Visit(ValueId value, NodeId root) { return std::exchange(last_visit_[value], root) != root; }

  const Graph& graph_;
  std::vector<NodeId> last_visit_;  // per value: the root of the walk
};

bool IsLayer(const Value& value) {
  const int rank = value.shape.rank();
  return value.type == DataType::kFloat32 && (rank == 2 || rank == 4) && value.shape[0] == 1;
}

}  // namespace

std::vector<LayerInfo> DescribeLayers(const Graph& graph) {
  const std::vector<std::optional<ReceptiveFields>> fields = InferReceptiveFields(graph);
  NeededCost needed(graph);
  std::vector<LayerInfo> layers;
  for (const NodeId node : graph.NodeIds()) {
    for (const ValueId id : graph.node(node).outputs) {
      const Value& value = graph.value(id);
      if (!fields[id].has_value() || !IsLayer(value)) continue;
      LayerInfo& layer = layers.emplace_back();
      layer.name = value.name;
      layer.op = std::string(NameOf(graph.node(node).op));
      layer.channels = value.shape[1];
      layer.is_vector = value.shape.rank() == 2;
      if (!layer.is_vector) {
        layer.height = value.shape[2];
        layer.width = value.shape[3];
      }
      layer.field = *fields[id];
      layer.own_multiply_adds = MultiplyAdds(graph, node);
      layer.own_parameters = Parameters(graph, node);
      const Cost cost = needed.Of(node);
      layer.multiply_adds = cost.multiply_adds;
      layer.parameters = cost.parameters;
    }
  }
  return layers;
}

}  // namespace onebyone
