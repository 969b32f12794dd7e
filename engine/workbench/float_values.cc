#include "engine/workbench/float_values.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/graph/cost.h"
#include "engine/graph/shape_inference.h"
#include "engine/passes/byte_groups.h"
#include "engine/passes/fold_batch_norm.h"
#include "engine/passes/quantize_int8.h"
#include "engine/passes/remove_identity.h"

namespace onebyone {
namespace {

// A number that is written and read as four bytes rather than one takes as long as so many multiply-adds take longer
// in float32 than in int8: on Zen 4, 7 ps each against some 0.2 ns.
constexpr double kMultiplyAddsPerNumber = 32;

absl::StatusOr<Graph> Prepare(const Graph& network, int64_t height, int64_t width, const Calibration& calibration) {
  Graph graph = network;
  graph.value(graph.inputs().front()).shape = {1, 3, height, width};
  RETURN_IF_ERROR(RemoveIdentity{}.Run(graph).status());
  RETURN_IF_ERROR(FoldBatchNorm{}.Run(graph).status());
  RETURN_IF_ERROR(InferShapesOnly(graph));
  RETURN_IF_ERROR(QuantizeInt8{calibration}.Run(graph).status());
  return graph;
}

bool IsActivation(const Node& node) { return std::holds_alternative<ActivationAttributes>(node.attributes); }

}  // namespace

absl::StatusOr<std::vector<ByteValue>> FindByteValues(const Graph& network, int64_t height, int64_t width,
                                                      const Calibration& calibration) {
  ASSIGN_OR_RETURN(const Graph graph, Prepare(network, height, width, calibration));
  ByteGroups groups(graph);
  // Fused, or read as a layer of its own, what comes before an activation is to be what comes behind it.
  for (const NodeId id : graph.NodeIds()) {
    if (IsActivation(graph.node(id))) groups.Join(graph.node(id).inputs.front(), graph.node(id).outputs.front());
  }
  std::map<ValueId, ByteValue> values;
  for (ValueId id = 0; id < graph.value_count(); ++id) {
    const Value& value = graph.value(id);
    if (!value.quantization.has_value()) continue;
    ByteValue& group = values[groups.Find(id)];
    group.names.push_back(value.name);
    if (value.producer == kNoNode || !IsActivation(graph.node(value.producer))) {
      group.price += kMultiplyAddsPerNumber * static_cast<double>(value.shape.Elements());
    }
  }
  for (const NodeId id : graph.NodesOf(OpType::kConv)) {
    const auto read = values.find(groups.Find(graph.node(id).inputs.front()));
    if (read == values.end()) continue;
    read->second.multiply_adds += MultiplyAdds(graph, id);
  }
  std::vector<ByteValue> all;
  for (auto& [group, value] : values) {
    value.price += static_cast<double>(value.multiply_adds);
    all.push_back(std::move(value));
  }
  return all;
}

void StayFloat(const ByteValue& value, Calibration& calibration) {
  for (const std::string& name : value.names) calibration.ranges.erase(name);
}

Calibration OnlyBytes(const ByteValue& value, const Calibration& calibration) {
  Calibration only = calibration;
  only.ranges.clear();
  for (const std::string& name : value.names) only.ranges[name] = calibration.ranges.at(name);
  return only;
}

}  // namespace onebyone
