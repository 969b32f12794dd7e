#include "engine/passes/absorb_quantization.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

namespace onebyone {
namespace {

// What a byte means.
struct Meaning {
  float scale = 0.0F;
  int zero = 0;
  DataType type = DataType::kUInt8;

  friend bool operator==(const Meaning&, const Meaning&) = default;

  ValueRange Range() const {
    const int least = type == DataType::kUInt8 ? 0 : -128;
    return {static_cast<float>(least - zero) * scale, static_cast<float>(least + 255 - zero) * scale};
  }
};

// Of a QuantizeLinear or DequantizeLinear with one scale; `type`: of the bytes.
std::optional<Meaning> MeaningOf(const Graph& graph, const Node& node, DataType type) {
  if (type != DataType::kUInt8 && type != DataType::kInt8) return std::nullopt;
  const Tensor* scale = graph.ConstantOf(node.inputs[1]);
  if (scale == nullptr || scale->elements() != 1 || scale->type() != DataType::kFloat32) return std::nullopt;
  Meaning meaning{*scale->As<float>(), 0, type};
  if (!(meaning.scale > 0.0F) || !std::isfinite(meaning.scale)) return std::nullopt;
  if (node.inputs.size() > 2 && node.inputs[2] != kNoValue) {
    const Tensor* zero = graph.ConstantOf(node.inputs[2]);
    if (zero == nullptr || zero->elements() != 1 || zero->type() != type) return std::nullopt;
    meaning.zero = type == DataType::kUInt8 ? *zero->As<uint8_t>() : *zero->As<int8_t>();
  }
  return meaning;
}

bool MovesBytes(OpType op) {
  switch (op) {
    case OpType::kMaxPool:
    case OpType::kConcat:
    case OpType::kReshape:
    case OpType::kFlatten:
    case OpType::kSqueeze:
    case OpType::kUnsqueeze:
    case OpType::kTranspose:
    case OpType::kIdentity: return true;
    default: return false;
  }
}

using Meanings = std::map<ValueId, Meaning>;

// What the bytes of every value mean; nothing where that is not the same along every path.
std::optional<Meanings> FollowBytes(const Graph& graph) {
  Meanings meanings;
  for (const NodeId id : graph.NodeIds()) {
    const Node& node = graph.node(id);
    if (node.op == OpType::kQuantizeLinear) {
      const auto meaning = MeaningOf(graph, node, graph.value(node.outputs.front()).type);
      if (!meaning.has_value() || graph.value(node.inputs.front()).type != DataType::kFloat32) return std::nullopt;
      meanings[node.outputs.front()] = *meaning;
      continue;
    }
    const bool reads_bytes =
        std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId input) { return meanings.contains(input); });
    if (node.op == OpType::kDequantizeLinear) {
      if (!reads_bytes || MeaningOf(graph, node, meanings[node.inputs.front()].type) != meanings[node.inputs.front()]) {
        return std::nullopt;
      }
    } else if (reads_bytes) {
      if (!MovesBytes(node.op) || node.outputs.size() != 1) return std::nullopt;
      const Meaning meaning = meanings[node.inputs.front()];
      for (const ValueId input : node.inputs) {
        const auto found = meanings.find(input);
        if (found == meanings.end() || found->second != meaning) return std::nullopt;
      }
      meanings[node.outputs.front()] = meaning;
    }
  }
  // An output of the graph must not change its type.
  for (const Graph::Output& output : graph.outputs()) {
    if (meanings.contains(output.value)) return std::nullopt;
  }
  return meanings;
}

void Replace(Graph& graph, NodeId id, OpType op, Attributes attributes) {
  Node& node = graph.node(id);
  node.op = op;
  node.attributes = std::move(attributes);
  node.inputs.resize(1);
}

}  // namespace

absl::StatusOr<int> AbsorbQuantization::Run(Graph& graph) const {
  if (graph.NodesOf(OpType::kQuantizeLinear).empty()) return 0;
  const std::optional<Meanings> meanings = FollowBytes(graph);
  if (!meanings.has_value()) return 0;
  int rewrites = 0;
  for (const NodeId id : graph.NodesOf(OpType::kQuantizeLinear)) {
    const ValueId value = graph.node(id).inputs.front();
    const ValueRange range = meanings->at(graph.node(id).outputs.front()).Range();
    ranges[graph.value(value).name] = range;
    Activation clip{Activation::Kind::kClip};
    clip.low = range.low;
    clip.high = range.high;
    Replace(graph, id, OpType::kClip, ActivationAttributes{clip});
    ++rewrites;
  }
  for (const NodeId id : graph.NodesOf(OpType::kDequantizeLinear)) {
    Replace(graph, id, OpType::kIdentity, {});
    ++rewrites;
  }
  for (const auto& [value, meaning] : *meanings) {
    graph.value(value).type = DataType::kFloat32;
    ranges[graph.value(value).name] = meaning.Range();
  }
  return rewrites;
}

}  // namespace onebyone
