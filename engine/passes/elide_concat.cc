#include "engine/passes/elide_concat.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

bool WritesAnywhere(OpType op) {
  switch (op) {
    case OpType::kConv:
    case OpType::kMaxPool:
    case OpType::kAveragePool:
    case OpType::kGlobalAveragePool:
    case OpType::kGlobalMaxPool:
    case OpType::kLrn:
    case OpType::kRelu:
    case OpType::kLeakyRelu:
    case OpType::kClip:
    case OpType::kSigmoid:
    case OpType::kAdd:
    case OpType::kMul:
    case OpType::kSum:
    case OpType::kBatchNormalization: return true;
    default: return false;
  }
}

bool IsSingleImage(const Value& value) {
  return value.has_shape && value.type == DataType::kFloat32 && value.shape.rank() == 4 && value.shape[0] == 1 &&
         value.shape.IsKnown() && value.shape.CheckedElements().ok() && value.shape.Elements() > 0;
}

bool CanBePart(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  if (value.slice.has_value() || !IsSingleImage(value)) return false;
  if (!value.parts.empty()) return true;
  if (value.producer == kNoNode) return false;
  const Node& producer = graph.node(value.producer);
  return producer.outputs.size() == 1 && WritesAnywhere(producer.op);
}

bool CanElide(const Graph& graph, const Node& concat, int64_t channel_block) {
  const auto* attributes = std::get_if<AxisAttributes>(&concat.attributes);
  if (attributes == nullptr || concat.inputs.empty() || !IsSingleImage(graph.value(concat.outputs.front())))
    return false;
  if (attributes->axis != 1 && attributes->axis != -3) return false;
  if (graph.value(concat.outputs.front()).quantization.has_value()) return false;
  int64_t offset = 0;
  for (auto branch = concat.inputs.begin(); branch != concat.inputs.end(); ++branch) {
    if (*branch == kNoValue || offset % channel_block != 0 || !CanBePart(graph, *branch)) return false;
    if (std::find(concat.inputs.begin(), branch, *branch) != branch) return false;
    offset += graph.value(*branch).shape[1];
  }
  return offset == graph.value(concat.outputs.front()).shape[1];
}

void Elide(Graph& graph, NodeId id) {
  const ValueId whole = graph.node(id).outputs.front();
  const std::vector<ValueId> parts = graph.node(id).inputs;
  int64_t offset = 0;
  for (const ValueId part : parts) {
    graph.value(part).slice = Slice{whole, offset};
    offset += graph.value(part).shape[1];
  }
  graph.RemoveNode(id);
  graph.value(whole).parts = parts;
}

}  // namespace

absl::StatusOr<int> ElideConcat::Run(Graph& graph) const {
  if (channel_block < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("elide_concat: want a channel block of at least 1, got ", channel_block));
  }
  int rewrites = 0;
  for (const NodeId id : graph.NodesOf(OpType::kConcat)) {  // inner concats come first
    if (!CanElide(graph, graph.node(id), channel_block)) continue;
    Elide(graph, id);
    ++rewrites;
  }
  return rewrites;
}

}  // namespace onebyone
