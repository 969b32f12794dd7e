#include "engine/workbench/convolution_ranking.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/passes/fold_batch_norm.h"
#include "engine/passes/remove_identity.h"

namespace onebyone {
namespace {

constexpr size_t kPicturesToRank = 8;  // enough to tell the worst layers, and each costs a run per convolution

// One number for many layers: how far the cosines are from 1, on the average.
double MeanError(const FidelityMeasurement& measurement) {
  double sum = 0;
  for (const LayerFidelity& layer : measurement.layers) {
    sum += (1 - layer.least_map_cosine) + (1 - layer.least_pooled_cosine);
  }
  return sum / static_cast<double>(measurement.layers.size());
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FindConvolutions(const Graph& network,
                                                          const std::function<bool(const ConvAttributes&)>& wanted) {
  Graph graph = network;
  RETURN_IF_ERROR(RemoveIdentity{}.Run(graph).status());
  RETURN_IF_ERROR(FoldBatchNorm{}.Run(graph).status());
  std::vector<std::string> convolutions;
  for (const NodeId id : graph.NodesOf(OpType::kConv)) {
    const Node& node = graph.node(id);
    if (wanted != nullptr && !wanted(std::get<ConvAttributes>(node.attributes))) continue;
    convolutions.push_back(graph.value(node.outputs.front()).name);
  }
  return convolutions;
}

absl::StatusOr<std::vector<std::string>> RankByError(
    const PrecisionTrial& trial, const std::string& what, const std::vector<std::string>& convolutions,
    const std::function<Calibration(const std::string& convolution)>& with) {
  std::vector<std::pair<double, std::string>> ranked;
  for (size_t i = 0; i < convolutions.size(); ++i) {
    const std::string stage = absl::StrCat("convolution ", i + 1, " of ", convolutions.size(), " ", what);
    ASSIGN_OR_RETURN(const FidelityMeasurement measurement,
                     trial.MeasureInt8(stage, with(convolutions[i]), kPicturesToRank));
    ranked.emplace_back(MeanError(measurement), convolutions[i]);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (const auto& [error, name] : ranked) names.push_back(name);
  return names;
}

}  // namespace onebyone
