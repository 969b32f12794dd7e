#include "engine/passes/class_maps.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/passes/channel_affine.h"
#include "engine/passes/flattened_image.h"
#include "engine/passes/take_over.h"
#include "engine/passes/whole_pool.h"

namespace onebyone {
namespace {

bool IsChannelAxis(int64_t axis, int rank) { return axis == 1 || axis == 1 - rank; }

bool IsSoftmaxOverChannels(const Node& node) {
  const auto* softmax = std::get_if<SoftmaxAttributes>(&node.attributes);
  return softmax != nullptr && IsChannelAxis(softmax->axis, /*rank=*/2);
}

bool JoinsChannels(const Node& node) {
  const auto* concat = std::get_if<AxisAttributes>(&node.attributes);
  return concat != nullptr && IsChannelAxis(concat->axis, /*rank=*/2);
}

bool HasOnePlace(const Value& value) {
  return value.has_shape && value.shape.rank() == 4 && value.shape[2] == 1 && value.shape[3] == 1;
}

}  // namespace

absl::StatusOr<int> ClassMaps::Rewrite() {
  int rewrites = 0;
  for (const NodeId id : graph_.NodeIds()) {
    if (!IsLive(id)) continue;
    ASSIGN_OR_RETURN(const bool rewritten, RewriteNode(id));
    rewrites += rewritten ? 1 : 0;
  }
  for (const ValueId map : maps_) {
    Shape& shape = graph_.value(map).shape;
    shape = {shape[0], shape[1], 1, 1};
  }
  if (rewrites > 0) RETURN_IF_ERROR(graph_.SortTopologically());
  return rewrites;
}

// An Add that was folded into the layer before it is not any more.
bool ClassMaps::IsLive(NodeId id) const {
  const Node& node = graph_.node(id);
  return !node.outputs.empty() && graph_.value(node.outputs.front()).producer == id;
}

absl::StatusOr<bool> ClassMaps::RewriteNode(NodeId id) {
  if (RewriteGlobalPool(graph_, id)) {
    const ValueId result = graph_.node(id).outputs.front();
    if (graph_.value(result).shape.rank() == 2) maps_.insert(result);
    return true;
  }
  if (const std::optional<DenseLayer> dense = MatchDense(graph_, id)) {
    ASSIGN_OR_RETURN(const bool rewritten, RewriteDense(*dense));
    if (rewritten) return true;
  }
  if (KeepPlaces(id) || SplitSoftmax(id)) return true;
  if (!ReadsMap(graph_.node(id))) return false;
  RETURN_IF_ERROR(Continues(id, kNoValue) ? Continue(id) : Flatten(id));
  return true;
}

absl::StatusOr<bool> ClassMaps::RewriteDense(const DenseLayer& dense) {
  ValueId source = dense.x;
  Shape shape = {1, dense.features, 1, 1};
  if (!maps_.contains(dense.x)) {
    source = FlattenedImage(graph_, dense.x);
    if (source == kNoValue) return false;
    shape = graph_.value(source).shape;
  }
  ASSIGN_OR_RETURN(std::vector<ValueId> inputs, AddConvInputs(graph_, dense, source, shape[1], shape[2], shape[3]));
  Node& node = graph_.node(dense.node);
  node.op = OpType::kConv;
  node.attributes = ConvAttributes{WholeWindow(shape[2], shape[3]), 1, std::nullopt};
  node.inputs = std::move(inputs);
  if (dense.bias_node != kNoNode) TakeOver(graph_, dense.node, dense.bias_node);
  maps_.insert(node.outputs.front());
  return true;
}

bool ClassMaps::KeepPlaces(NodeId id) {
  if (!FlattensImage(graph_, id)) return false;
  Node& node = graph_.node(id);
  const ValueId matrix = node.outputs.front();
  if (!HasOnePlace(graph_.value(node.inputs.front()))) return false;
  const std::vector<NodeId> readers = graph_.ConsumersOf(matrix);
  if (!std::all_of(readers.begin(), readers.end(), [&](NodeId reader) { return Continues(reader, matrix); }))
    return false;
  node.op = OpType::kIdentity;
  node.attributes = std::monostate();
  maps_.insert(matrix);
  return true;
}

bool ClassMaps::SplitSoftmax(NodeId id) {
  Node& node = graph_.node(id);
  auto* softmax = std::get_if<SoftmaxAttributes>(&node.attributes);
  if (node.op != OpType::kSoftmax || softmax == nullptr || !softmax->flatten_to_2d) return false;
  if (!HasOnePlace(graph_.value(node.inputs.front())) || !IsChannelAxis(softmax->axis, /*rank=*/4)) return false;
  *softmax = {1, false};
  return true;
}

bool ClassMaps::ReadsMap(const Node& node) const {
  return std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId input) { return maps_.contains(input); });
}

// [N, K] -> [N, K] or [N, K, 1, 1]: on a map there is nothing to rename.
bool ClassMaps::IsRenaming(const Node& node) const {
  const Shape& from = graph_.value(node.inputs.front()).shape;
  const Shape& to = graph_.value(node.outputs.front()).shape;
  return to == from || to == Shape{from[0], from[1], 1, 1};
}

bool ClassMaps::ContinuesElementwise(const Node& node, ValueId assumed) const {
  const Shape& shape = graph_.value(node.outputs.front()).shape;
  if (shape.rank() != 2) return false;
  return std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId input) {
    return IsMap(input, assumed) || ChannelNumbers(graph_.ConstantOf(input), /*rank=*/2, shape[1]).has_value();
  });
}

bool ClassMaps::Continues(NodeId id, ValueId assumed) const {
  const Node& node = graph_.node(id);
  const auto is_map = [&](ValueId value) { return IsMap(value, assumed); };
  switch (node.op) {
    case OpType::kRelu:
    case OpType::kLeakyRelu:
    case OpType::kClip:
    case OpType::kSigmoid:
    case OpType::kIdentity:
    case OpType::kDropout:
    case OpType::kCast:
    case OpType::kBatchNormalization:
      return is_map(node.inputs.front()) && std::count_if(node.inputs.begin(), node.inputs.end(), is_map) == 1;
    case OpType::kAdd:
    case OpType::kMul:
    case OpType::kSum: return ContinuesElementwise(node, assumed);
    case OpType::kSoftmax: return IsSoftmaxOverChannels(node);
    case OpType::kConcat: return JoinsChannels(node) && std::all_of(node.inputs.begin(), node.inputs.end(), is_map);
    case OpType::kGemm:
    case OpType::kMatMul: return is_map(node.inputs.front()) && MatchDense(graph_, id).has_value();
    case OpType::kFlatten:
    case OpType::kReshape:
    case OpType::kSqueeze:
    case OpType::kUnsqueeze: return IsRenaming(node);
    default: return false;
  }
}

absl::Status ClassMaps::Continue(NodeId id) {
  Node& node = graph_.node(id);
  switch (node.op) {
    case OpType::kSoftmax: node.attributes = SoftmaxAttributes{1, false}; break;
    case OpType::kConcat: node.attributes = AxisAttributes{1}; break;
    case OpType::kFlatten:
    case OpType::kReshape:
    case OpType::kSqueeze:
    case OpType::kUnsqueeze:
      node.op = OpType::kIdentity;
      node.attributes = std::monostate();
      break;
    case OpType::kAdd:
    case OpType::kMul:
    case OpType::kSum:
      for (ValueId& input : node.inputs) {
        const Tensor* numbers = graph_.ConstantOf(input);
        if (numbers == nullptr) continue;
        ASSIGN_OR_RETURN(Tensor per_channel, numbers->Reshaped({numbers->elements(), 1, 1}));
        ASSIGN_OR_RETURN(input, graph_.AddConstant("", std::move(per_channel)));
      }
      break;
    default: break;
  }
  for (const ValueId output : node.outputs) {
    if (graph_.value(output).shape.rank() == 2) maps_.insert(output);
  }
  return absl::OkStatus();
}

absl::Status ClassMaps::Flatten(NodeId id) {
  std::vector<ValueId> inputs = graph_.node(id).inputs;
  for (ValueId& input : inputs) {
    if (!maps_.contains(input)) continue;
    ASSIGN_OR_RETURN(input, Flattened(input));
  }
  graph_.node(id).inputs = std::move(inputs);
  return absl::OkStatus();
}

absl::StatusOr<ValueId> ClassMaps::Flattened(ValueId map) {
  if (const auto found = flattened_.find(map); found != flattened_.end()) return found->second;
  ASSIGN_OR_RETURN(const NodeId flatten, graph_.AddNode(OpType::kFlatten, "", FlattenAttributes{1}, {map}, {""}));
  const ValueId matrix = graph_.node(flatten).outputs.front();
  graph_.value(matrix).type = graph_.value(map).type;
  graph_.value(matrix).shape = graph_.value(map).shape;
  graph_.value(matrix).has_shape = true;
  flattened_[map] = matrix;
  return matrix;
}

}  // namespace onebyone
