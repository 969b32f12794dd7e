#include "engine/passes/byte_groups.h"

#include <algorithm>
#include <numeric>

namespace onebyone {
namespace {

// Means over more pixels than this get bytes of their own: they lie so much closer together than the pixels do that
// the pixels' bytes would be too coarse for them. An Inception block's 3x3 does not.
constexpr int64_t kMostAveraged = 9;

bool MovesBytes(const Node& node) {
  if (node.outputs.size() != 1) return false;
  if (node.op == OpType::kMaxPool) return true;
  if (node.op == OpType::kAveragePool) {
    const SpatialVector& kernel = std::get<PoolAttributes>(node.attributes).window.kernel;
    return kernel[0] * kernel[1] <= kMostAveraged;
  }
  if (node.op != OpType::kConcat) return false;
  const int64_t axis = std::get<AxisAttributes>(node.attributes).axis;
  return axis == 1 || axis == -3;
}

}  // namespace

ByteGroups::ByteGroups(const Graph& graph) : parent_(static_cast<size_t>(graph.value_count())) {
  std::iota(parent_.begin(), parent_.end(), 0);
  for (const NodeId id : graph.NodeIds()) {
    const Node& node = graph.node(id);
    if (!MovesBytes(node)) continue;
    for (const ValueId input : node.inputs) {
      if (input != kNoValue) Join(input, node.outputs.front());
    }
  }
}

ValueId ByteGroups::Find(ValueId value) {
  while (parent_[value] != value) value = parent_[value] = parent_[parent_[value]];
  return value;
}

void ByteGroups::Join(ValueId a, ValueId b) { parent_[Find(std::max(a, b))] = Find(std::min(a, b)); }

}  // namespace onebyone
