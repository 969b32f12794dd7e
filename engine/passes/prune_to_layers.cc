#include "engine/passes/prune_to_layers.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/nearest_name.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr size_t kMaxQuoted = 256;  // bytes of an unknown name in a message

// What a layer may be called: names of outputs and of all that a run computes or is given.
std::vector<std::string> LayerNames(const Graph& graph) {
  std::vector<std::string> names;
  for (const Graph::Output& output : graph.outputs()) names.push_back(output.name);
  for (const ValueId input : graph.inputs()) names.push_back(graph.value(input).name);
  for (const NodeId id : graph.NodeIds()) {
    for (const ValueId output : graph.node(id).outputs) {
      names.push_back(graph.value(output).name);
    }
  }
  return names;
}

bool HasElements(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  return value.producer != kNoNode || !value.parts.empty() || value.constant != nullptr ||
         std::find(graph.inputs().begin(), graph.inputs().end(), id) != graph.inputs().end();
}

absl::StatusOr<ValueId> FindLayer(const Graph& graph, const std::string& layer) {
  for (const Graph::Output& output : graph.outputs()) {
    if (output.name == layer) return output.value;
  }
  const ValueId value = graph.FindValue(layer);
  if (value != kNoValue && HasElements(graph, value)) return value;
  const std::vector<std::string> names = LayerNames(graph);
  return absl::InvalidArgumentError(absl::StrCat("layer: want one of the network's ", names.size(), ", got '",
                                                 layer.substr(0, kMaxQuoted), "'; the nearest is '",
                                                 NearestName(layer, names), "'"));
}

bool SameOutputs(absl::Span<const Graph::Output> a, absl::Span<const Graph::Output> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Graph::Output& x, const Graph::Output& y) {
    return x.name == y.name && x.value == y.value;
  });
}

}  // namespace

absl::StatusOr<int> PruneToLayers::Run(Graph& graph) const {
  if (layers.empty()) return absl::InvalidArgumentError("layers: want at least one, got none");
  std::vector<Graph::Output> outputs;
  for (const std::string& layer : layers) {
    ASSIGN_OR_RETURN(const ValueId value, FindLayer(graph, layer));
    outputs.push_back({layer, value});
  }
  const int changed = SameOutputs(graph.outputs(), outputs) ? 0 : 1;
  graph.SetOutputs(std::move(outputs));
  return changed + graph.RemoveUnneeded();
}

}  // namespace onebyone
