#include "engine/workbench/convolution_ranking.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/passes/fold_batch_norm.h"
#include "engine/passes/remove_identity.h"

namespace onebyone {
namespace {

constexpr size_t kPicturesToRank = 8;

}  // namespace

absl::StatusOr<std::vector<Convolution>> FindConvolutions(const Graph& network,
                                                          const std::function<bool(const ConvAttributes&)>& wanted) {
  Graph graph = network;
  RETURN_IF_ERROR(RemoveIdentity{}.Run(graph).status());
  RETURN_IF_ERROR(FoldBatchNorm{}.Run(graph).status());
  std::vector<Convolution> convolutions;
  for (const NodeId id : graph.NodesOf(OpType::kConv)) {
    const Node& node = graph.node(id);
    if (wanted != nullptr && !wanted(std::get<ConvAttributes>(node.attributes))) continue;
    convolutions.push_back({graph.value(node.outputs.front()).name, graph.value(node.inputs[1]).shape.Elements()});
  }
  return convolutions;
}

std::vector<size_t> SomePictures(const PictureSet& pictures) {
  std::vector<size_t> some = pictures.All();
  if (some.size() > kPicturesToRank) some.resize(kPicturesToRank);
  return some;
}

absl::StatusOr<double> MeasureError(const PrecisionTrial& trial, const std::string& stage,
                                    const Calibration& calibration) {
  ASSIGN_OR_RETURN(const FidelityMeasurement measurement,
                   trial.MeasureInt8(stage, calibration, SomePictures(trial.pictures())));
  double sum = 0;
  for (const LayerFidelity& layer : measurement.layers) {
    sum += (1 - layer.least_map_cosine) + (1 - layer.least_pooled_cosine);
  }
  return sum / static_cast<double>(measurement.layers.size());
}

absl::StatusOr<std::vector<double>> MeasureErrors(
    const PrecisionTrial& trial, const std::string& what, const std::vector<Convolution>& convolutions,
    const std::function<Calibration(const std::string& convolution)>& with) {
  std::vector<double> errors;
  for (size_t i = 0; i < convolutions.size(); ++i) {
    const std::string stage = absl::StrCat("convolution ", i + 1, " of ", convolutions.size(), " ", what);
    ASSIGN_OR_RETURN(const double error, MeasureError(trial, stage, with(convolutions[i].name)));
    errors.push_back(error);
  }
  return errors;
}

std::vector<Convolution> SortedBy(const std::vector<double>& numbers, const std::vector<Convolution>& convolutions) {
  std::vector<size_t> order(convolutions.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return numbers[a] < numbers[b]; });
  std::vector<Convolution> sorted;
  for (const size_t i : order) sorted.push_back(convolutions[i]);
  return sorted;
}

}  // namespace onebyone
