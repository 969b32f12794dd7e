#include "engine/passes/remove_identity.h"

#include <algorithm>
#include <cstdint>

namespace onebyone {
namespace {

bool NothingReads(const Graph& graph, ValueId value) {
  return !graph.IsOutput(value) && graph.ConsumersOf(value).empty();
}

bool KeepsShape(const Graph& graph, const Node& node) {
  const Value& x = graph.value(node.inputs.front());
  const Value& y = graph.value(node.outputs.front());
  return x.has_shape && y.has_shape && x.shape.IsKnown() && x.shape == y.shape;
}

bool KeepsType(const Graph& graph, const Node& node) {
  const Value& x = graph.value(node.inputs.front());
  const auto* cast = std::get_if<CastAttributes>(&node.attributes);
  return cast != nullptr && x.has_shape && x.type == cast->to;  // the type is known where the shape is
}

bool KeepsAxes(const Node& node) {
  const auto* transpose = std::get_if<TransposeAttributes>(&node.attributes);
  if (transpose == nullptr || transpose->permutation.empty()) return false;
  for (size_t axis = 0; axis < transpose->permutation.size(); ++axis) {
    if (transpose->permutation[axis] != static_cast<int64_t>(axis)) return false;
  }
  return true;
}

bool PadsNothing(const Node& node) {
  const auto* pad = std::get_if<PadAttributes>(&node.attributes);
  const auto is_zero = [](int64_t count) { return count == 0; };
  return pad != nullptr && std::all_of(pad->begin.begin(), pad->begin.end(), is_zero) &&
         std::all_of(pad->end.begin(), pad->end.end(), is_zero);
}

bool GivesItsInput(const Graph& graph, const Node& node) {
  switch (node.op) {
    case OpType::kIdentity: return true;
    case OpType::kDropout:
      return std::all_of(node.outputs.begin() + 1, node.outputs.end(),
                         [&](ValueId mask) { return NothingReads(graph, mask); });
    case OpType::kConcat:
    case OpType::kSum: return node.inputs.size() == 1;
    case OpType::kCast: return KeepsType(graph, node);
    case OpType::kTranspose: return KeepsAxes(node);
    case OpType::kPad: return PadsNothing(node);
    case OpType::kReshape:
    case OpType::kFlatten:
    case OpType::kSqueeze:
    case OpType::kUnsqueeze: return KeepsShape(graph, node);
    default: return false;
  }
}

}  // namespace

absl::StatusOr<int> RemoveIdentity::Run(Graph& graph) const {
  int rewrites = 0;
  for (const NodeId id : graph.NodeIds()) {
    const Node& node = graph.node(id);
    if (node.inputs.empty() || node.inputs.front() == kNoValue || node.outputs.empty()) continue;
    // A slice must be written where it lies: its producer stays.
    if (graph.value(node.outputs.front()).slice.has_value() || !GivesItsInput(graph, node)) continue;
    graph.Bypass(id);
    ++rewrites;
  }
  return rewrites;
}

}  // namespace onebyone
