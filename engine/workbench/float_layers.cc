#include "engine/workbench/float_layers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/passes/fold_batch_norm.h"
#include "engine/passes/remove_identity.h"
#include "engine/precision_choice.h"

namespace onebyone {
namespace {

constexpr size_t kPicturesToRank = 8;  // enough to tell the worst layers, and each costs a run per convolution

struct RankedConvolution {
  std::string name;
  double error = 0;  // of the network in which it alone is float
};

// One number for many layers: how far the cosines are from 1, on the average.
double MeanError(const FidelityMeasurement& measurement) {
  double sum = 0;
  for (const LayerFidelity& layer : measurement.layers) {
    sum += (1 - layer.least_map_cosine) + (1 - layer.least_pooled_cosine);
  }
  return sum / static_cast<double>(measurement.layers.size());
}

absl::StatusOr<std::vector<RankedConvolution>> Rank(const PrecisionTrial& trial, const Calibration& calibration) {
  ASSIGN_OR_RETURN(const std::vector<std::string> convolutions, FindConvolutions(trial.network()));
  std::vector<RankedConvolution> ranked;
  for (size_t i = 0; i < convolutions.size(); ++i) {
    Calibration with = calibration;
    with.float_layers.insert(convolutions[i]);
    const std::string stage = absl::StrCat("convolution ", i + 1, " of ", convolutions.size(), " in float");
    ASSIGN_OR_RETURN(const FidelityMeasurement measurement, trial.MeasureInt8(stage, with, kPicturesToRank));
    ranked.push_back({convolutions[i], MeanError(measurement)});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.error < b.error; });
  return ranked;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FindConvolutions(const Graph& network) {
  Graph graph = network;
  RETURN_IF_ERROR(RemoveIdentity{}.Run(graph).status());
  RETURN_IF_ERROR(FoldBatchNorm{}.Run(graph).status());
  std::vector<std::string> convolutions;
  for (const NodeId node : graph.NodesOf(OpType::kConv)) {
    convolutions.push_back(graph.value(graph.node(node).outputs.front()).name);
  }
  return convolutions;
}

absl::StatusOr<FidelityMeasurement> KeepInFloat(const PrecisionTrial& trial, std::optional<int> count,
                                                Calibration& calibration) {
  ASSIGN_OR_RETURN(const std::vector<RankedConvolution> ranked, Rank(trial, calibration));
  const size_t most = count.has_value() ? static_cast<size_t>(*count) : ranked.size() / 4;
  const size_t kept = std::min(most, ranked.size());
  for (size_t i = 0; i < kept; ++i) {
    calibration.float_layers.insert(ranked[i].name);
    if (count.has_value()) continue;
    ASSIGN_OR_RETURN(FidelityMeasurement measurement,
                     trial.MeasureInt8(absl::StrCat("int8 with ", i + 1, " convolutions in float"), calibration));
    if (IsFaithful(Summarize(measurement, Precision::kInt8))) return measurement;
  }
  return trial.MeasureInt8(absl::StrCat("int8 with ", kept, " convolutions in float"), calibration);
}

}  // namespace onebyone
