#include "engine/runtime/sibling_groups.h"

#include <algorithm>
#include <map>
#include <optional>

#include "engine/kernels/onednn/layout.h"

namespace onebyone {
namespace {

constexpr size_t kMostMembers = 16;      // keeps names and keys short
constexpr int64_t kPictureChannels = 3;  // up to here kernels read planes

const std::optional<Activation>& ActivationOf(const Node& conv) {
  return std::get<ConvAttributes>(conv.attributes).activation;
}

bool HasBias(const Node& conv) { return conv.inputs.size() > 2 && conv.inputs[2] != kNoValue; }

bool IsPointwise(const ConvAttributes& attributes) {
  const auto all = [](const SpatialVector& vector, int64_t wanted) {
    return vector.size() == 2 && vector[0] == wanted && vector[1] == wanted;
  };
  const Window& window = attributes.window;
  return attributes.groups == 1 && all(window.kernel, 1) && all(window.strides, 1) && all(window.dilations, 1) &&
         all(window.pads_begin, 0) && all(window.pads_end, 0);
}

bool IsFloatImage(const Value& value) {
  return value.has_shape && value.type == DataType::kFloat32 && value.shape.rank() == 4 && value.shape[0] == 1 &&
         value.shape.Elements() > 0 && !value.quantization.has_value();
}

bool IsConstantFloat(const Value& value) { return value.constant != nullptr && value.type == DataType::kFloat32; }

// Whether what fills up the last block stays zero.
bool KeepsFillZero(const std::optional<Activation>& activation, int64_t channels) {
  if (!activation.has_value() || channels % ChannelBlock() == 0) return true;
  switch (activation->kind) {
    case Activation::Kind::kRelu:
    case Activation::Kind::kLeakyRelu: return true;
    case Activation::Kind::kClip: return activation->low <= 0.0F && activation->high >= 0.0F;
    case Activation::Kind::kSigmoid: return false;
  }
  return false;
}

bool IsFirstPart(const Graph& graph, const Value& value) {
  return value.slice.has_value() && value.slice->channel_offset == 0 &&
         !graph.value(value.slice->parent).slice.has_value();
}

bool CanBeMember(const Graph& graph, const Node& conv) {
  const Value& src = graph.value(conv.inputs[0]);
  const Value& dst = graph.value(conv.outputs[0]);
  return IsPointwise(std::get<ConvAttributes>(conv.attributes)) && IsFloatImage(src) &&
         src.shape[1] > kPictureChannels && IsFloatImage(dst) && (!dst.slice.has_value() || IsFirstPart(graph, dst)) &&
         KeepsFillZero(ActivationOf(conv), dst.shape[1]) && IsConstantFloat(graph.value(conv.inputs[1])) &&
         (!HasBias(conv) || IsConstantFloat(graph.value(conv.inputs[2])));
}

// Of members over the same input.
bool Fits(const Graph& graph, const Node& conv, const SiblingGroup& group) {
  const Node& other = graph.node(group.members.front());
  return group.members.size() < kMostMembers && ActivationOf(conv) == ActivationOf(other) &&
         HasBias(conv) == HasBias(other) &&
         (group.whole == kNoValue || !graph.value(conv.outputs[0]).slice.has_value());
}

void Join(const Graph& graph, NodeId id, SiblingGroup& group) {
  const std::optional<Slice>& slice = graph.value(graph.node(id).outputs[0]).slice;
  // Where a concat begins with the last member, the others come before it.
  group.members.insert(group.members.end() - (group.whole == kNoValue ? 0 : 1), id);
  if (slice.has_value()) group.whole = slice->parent;
}

}  // namespace

std::vector<SiblingGroup> FindSiblingGroups(const Graph& graph) {
  std::vector<SiblingGroup> groups;
  std::map<ValueId, std::vector<size_t>> over;  // an input: its groups
  for (const NodeId id : graph.NodesOf(OpType::kConv)) {
    const Node& conv = graph.node(id);
    if (!CanBeMember(graph, conv)) continue;
    std::vector<size_t>& candidates = over[conv.inputs[0]];
    const auto found = std::find_if(candidates.begin(), candidates.end(),
                                    [&](size_t candidate) { return Fits(graph, conv, groups[candidate]); });
    if (found != candidates.end()) {
      Join(graph, id, groups[*found]);
      continue;
    }
    candidates.push_back(groups.size());
    Join(graph, id, groups.emplace_back());
  }
  std::erase_if(groups, [](const SiblingGroup& group) { return group.members.size() < 2; });
  return groups;
}

}  // namespace onebyone
