#include "engine/passes/whole_pool.h"

#include <algorithm>
#include <vector>

#include "engine/passes/dense_layer.h"

namespace onebyone {
namespace {

bool IsImage(const Value& value) {
  return value.has_shape && value.type == DataType::kFloat32 && value.shape.rank() == 4 && value.shape.IsKnown() &&
         value.shape[2] > 0 && value.shape[3] > 0;
}

bool IsMeanOverImage(const Node& node) {
  const auto* mean = std::get_if<ReduceMeanAttributes>(&node.attributes);
  if (node.op != OpType::kReduceMean || mean == nullptr || node.inputs.size() != 1) return false;
  std::vector<int64_t> axes;
  for (const int64_t axis : mean->axes) axes.push_back(axis < 0 ? axis + 4 : axis);
  std::sort(axes.begin(), axes.end());
  return axes == std::vector<int64_t>{2, 3};
}

// Whether something that depends on `value` has more than one place.
bool MeetsLargerImage(const Graph& graph, ValueId value) {
  std::vector<bool> seen(graph.value_count(), false);
  std::vector<ValueId> open = {value};
  while (!open.empty()) {
    const ValueId current = open.back();
    open.pop_back();
    if (seen[current]) continue;
    seen[current] = true;
    const Value& reached = graph.value(current);
    if (IsImage(reached) && reached.shape[2] * reached.shape[3] > 1) return true;
    for (const NodeId reader : graph.ConsumersOf(current)) {
      open.insert(open.end(), graph.node(reader).outputs.begin(), graph.node(reader).outputs.end());
    }
  }
  return false;
}

}  // namespace

bool RewriteGlobalPool(Graph& graph, NodeId id) {
  Node& node = graph.node(id);
  const bool is_maximum = node.op == OpType::kGlobalMaxPool;
  if (!is_maximum && node.op != OpType::kGlobalAveragePool && !IsMeanOverImage(node)) return false;
  if (node.outputs.size() != 1 || !IsImage(graph.value(node.inputs.front()))) return false;
  if (MeetsLargerImage(graph, node.outputs.front())) return false;
  const Shape& shape = graph.value(node.inputs.front()).shape;
  PoolAttributes attributes;
  attributes.window = WholeWindow(shape[2], shape[3]);
  node.op = is_maximum ? OpType::kMaxPool : OpType::kAveragePool;
  node.attributes = attributes;
  return true;
}

}  // namespace onebyone
