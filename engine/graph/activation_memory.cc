#include "engine/graph/activation_memory.h"

#include <algorithm>

namespace onebyone {
namespace {

// Whether the first output can lie where the first input lay.
bool WritesOverInput(const Node& node) {
  switch (node.op) {
    case OpType::kBatchNormalization:
    case OpType::kRelu:
    case OpType::kLeakyRelu:
    case OpType::kClip:
    case OpType::kSigmoid:
    case OpType::kFlatten:
    case OpType::kReshape:
    case OpType::kSqueeze:
    case OpType::kUnsqueeze:
    case OpType::kDropout:
    case OpType::kIdentity: return true;
    default: return false;
  }
}

// Values that share memory, by the first of them, and when it is read last.
class Memory {
 public:
  explicit Memory(const Graph& graph) : first_(graph.value_count()), last_read_(graph.value_count(), -1) {
    for (size_t i = 0; i < first_.size(); ++i) first_[i] = static_cast<ValueId>(i);
    const std::vector<NodeId> order = graph.NodeIds();
    for (size_t step = 0; step < order.size(); ++step) {
      const Node& node = graph.node(order[step]);
      for (const ValueId input : node.inputs) {
        if (input != kNoValue) last_read_[first_[input]] = static_cast<int>(step);
      }
      const bool shares = WritesOverInput(node) && node.inputs.front() != kNoValue;
      if (shares) first_[node.outputs.front()] = first_[node.inputs.front()];
    }
  }

  bool IsOwn(ValueId value) const { return first_[value] == value; }
  // Whether the memory of `value` is free after `step`.
  bool EndsAt(ValueId value, int step) const { return last_read_[first_[value]] == step; }
  ValueId FirstOf(ValueId value) const { return first_[value]; }

 private:
  std::vector<ValueId> first_;
  std::vector<int> last_read_;  // of first values
};

}  // namespace

std::vector<int64_t> PeakActivationBytes(const Graph& graph, const std::vector<std::optional<ValueInfo>>& shapes) {
  const Memory memory(graph);
  const auto bytes_of = [&](ValueId id) -> int64_t {
    if (graph.value(id).constant != nullptr || !shapes[id].has_value()) return 0;
    return shapes[id]->shape.Elements() * static_cast<int64_t>(SizeOf(shapes[id]->type));
  };
  std::vector<int64_t> peaks(graph.value_count(), 0);
  std::vector<bool> is_alive(graph.value_count(), false);
  int64_t alive = 0;
  for (const ValueId input : graph.inputs()) alive += bytes_of(input);
  for (const ValueId input : graph.inputs()) is_alive[input] = true;
  int64_t peak = alive;
  const std::vector<NodeId> order = graph.NodeIds();
  for (size_t step = 0; step < order.size(); ++step) {
    const Node& node = graph.node(order[step]);
    if (!shapes[node.outputs.front()].has_value()) continue;
    for (const ValueId output : node.outputs) {
      if (!memory.IsOwn(output)) continue;
      alive += bytes_of(output);
      is_alive[output] = true;
    }
    peak = std::max(peak, alive);
    for (const ValueId output : node.outputs) peaks[output] = peak;
    for (const ValueId input : node.inputs) {
      if (input == kNoValue || !memory.EndsAt(input, static_cast<int>(step))) continue;
      const ValueId first = memory.FirstOf(input);
      if (is_alive[first]) alive -= bytes_of(first);
      is_alive[first] = false;
    }
  }
  return peaks;
}

}  // namespace onebyone
