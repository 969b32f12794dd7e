#include "engine/runtime/merged_conv.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/onednn/onednn_kernels.h"

namespace onebyone {
namespace {

ConvWeights WeightsOf(const Graph& graph, const Node& conv) {
  const bool has_bias = conv.inputs.size() > 2 && conv.inputs[2] != kNoValue;
  return {graph.value(conv.inputs[1]).constant, has_bias ? graph.value(conv.inputs[2]).constant : nullptr};
}

ConvSpec SpecOf(const Graph& graph, const SiblingGroup& group, Layout blocked) {
  const Node& first = graph.node(group.members.front());
  ConvSpec spec;
  spec.src = spec.dst = graph.value(first.inputs[0]).shape;
  spec.src_layout = spec.dst_layout = blocked;
  spec.attributes = std::get<ConvAttributes>(first.attributes);
  spec.variant = kMergedVariant;
  ConvWeights weights = WeightsOf(graph, first);
  spec.weights = std::move(weights.weights);
  spec.bias = std::move(weights.bias);
  spec.dst[1] = 0;
  for (const NodeId member : group.members) {
    const Node& conv = graph.node(member);
    spec.dst[1] += WholeBlocks(graph.value(conv.outputs[0]).shape[1]);
    if (member != group.members.front()) spec.siblings.push_back(WeightsOf(graph, conv));
  }
  return spec;
}

std::string KeyOf(const ConvSpec& spec) {
  std::vector<int64_t> channels = {spec.weights->shape()[0]};
  for (const ConvWeights& sibling : spec.siblings) channels.push_back(sibling.weights->shape()[0]);
  return absl::StrCat(ConvChoice::KeyOf(spec), " siblings ", absl::StrJoin(channels, ","));
}

}  // namespace

StepGroup DescribeSiblings(const Graph& graph, const SiblingGroup& group, Layout blocked) {
  const auto append_name = [&](std::string* out, NodeId member) {
    absl::StrAppend(out, graph.value(graph.node(member).outputs[0]).name);
  };
  return {absl::StrJoin(group.members, " + ", append_name), KeyOf(SpecOf(graph, group, blocked))};
}

absl::StatusOr<NodeKernel> MakeMergedConv(const Graph& graph, const SiblingGroup& group, Layout blocked,
                                          WeightCache& weights) {
  const ConvSpec spec = SpecOf(graph, group, blocked);
  ASSIGN_OR_RETURN(std::shared_ptr<const Kernel> kernel, MakeConv(spec, weights));
  return NodeKernel{std::move(kernel), {graph.node(group.members.front()).inputs[0]}, blocked, blocked, KeyOf(spec),
                    kMergedVariant};
}

}  // namespace onebyone
