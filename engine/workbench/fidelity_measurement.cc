#include "engine/workbench/fidelity_measurement.h"

#include <algorithm>
#include <array>

#include "absl/strings/string_view.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/onednn/layout.h"
#include "engine/op/op_type.h"
#include "engine/workbench/feature_difference.h"
#include "engine/workbench/layer_runner.h"
#include "engine/workbench/parallel_loop.h"

namespace onebyone {
namespace {

constexpr std::array<OpType, 13> kComparedOps = {OpType::kConcat,
                                                 OpType::kAdd,
                                                 OpType::kSum,
                                                 OpType::kMaxPool,
                                                 OpType::kAveragePool,
                                                 OpType::kGlobalMaxPool,
                                                 OpType::kGlobalAveragePool,
                                                 OpType::kReduceMean,
                                                 OpType::kLrn,
                                                 OpType::kRelu,
                                                 OpType::kLeakyRelu,
                                                 OpType::kClip,
                                                 OpType::kSigmoid};

bool IsComparedOp(const std::string& op) {
  return std::any_of(kComparedOps.begin(), kComparedOps.end(), [&](OpType compared) { return NameOf(compared) == op; });
}

// What one picture told.
struct PictureResult {
  std::vector<FeatureDifference> layers;
  bool same_top = true;
};

FidelityMeasurement Combine(const std::vector<std::string>& layers, const std::vector<PictureResult>& results) {
  FidelityMeasurement measurement;
  measurement.pictures = static_cast<int>(results.size());
  const auto count = static_cast<double>(results.size());
  for (size_t i = 0; i < layers.size(); ++i) {
    LayerFidelity& layer = measurement.layers.emplace_back();
    layer.layer = layers[i];
    for (const PictureResult& result : results) {
      const FeatureDifference& difference = result.layers[i];
      layer.least_pooled_cosine = std::min(layer.least_pooled_cosine, difference.pooled_cosine);
      layer.least_map_cosine = std::min(layer.least_map_cosine, difference.map_cosine);
      layer.largest_error = std::max(layer.largest_error, difference.relative_error);
      layer.mean_pooled_cosine += difference.pooled_cosine / count;
      layer.mean_map_cosine += difference.map_cosine / count;
      layer.mean_error += difference.relative_error / count;
    }
  }
  const auto same = std::count_if(results.begin(), results.end(), [](const auto& result) { return result.same_top; });
  measurement.top1_agreement = static_cast<double>(same) / count;
  return measurement;
}

// The first `compared` layers of two runs, and the last one's largest element.
PictureResult Compare(const LayerRunner& exact, const LayerRunner& other, size_t compared, size_t top) {
  PictureResult result;
  for (size_t i = 0; i < compared; ++i) result.layers.push_back(CompareFeatures(exact.Map(i), other.Map(i)));
  result.same_top = LargestAt(exact.Map(top)) == LargestAt(other.Map(top));
  return result;
}

}  // namespace

std::string TopLayer(const CompiledModel& model) {
  const std::vector<std::string>& outputs = model.output_layers();
  for (auto output = outputs.rbegin(); output != outputs.rend(); ++output) {
    if (model.FindLayer(*output) != nullptr) return *output;
  }
  return model.layers().back().name;  // outputs that are no layers, such as the index of the best class
}

std::vector<std::string> ComparedLayers(const CompiledModel& model) {
  const std::vector<std::string>& outputs = model.output_layers();
  std::vector<std::string> names;
  for (const LayerInfo& layer : model.layers()) {
    const bool is_output = std::find(outputs.begin(), outputs.end(), layer.name) != outputs.end();
    const bool is_probabilities = layer.op == NameOf(OpType::kSoftmax);  // of which the largest one tells
    if ((is_output && !is_probabilities) || IsComparedOp(layer.op)) names.push_back(layer.name);
  }
  if (names.empty()) names.push_back(TopLayer(model));
  return names;
}

absl::StatusOr<FidelityMeasurement> MeasureFidelity(const Model& exact, const Model& other, const FidelityQuery& query,
                                                    const PictureSet& pictures, Progress& progress) {
  std::vector<std::string> layers = query.layers;
  const std::string top_layer = TopLayer(*exact.compiled);
  const auto top = static_cast<size_t>(std::find(layers.begin(), layers.end(), top_layer) - layers.begin());
  if (top == layers.size()) layers.push_back(top_layer);
  ASSIGN_OR_RETURN(std::vector<LayerRunner> exact_runners, LayerRunner::CreateEach(exact, layers, query.threads));
  ASSIGN_OR_RETURN(std::vector<LayerRunner> other_runners, LayerRunner::CreateEach(other, layers, query.threads));

  const std::vector<size_t> which = query.pictures.empty() ? pictures.All() : query.pictures;
  std::vector<PictureResult> results(which.size());
  const auto compare = [&](int thread, size_t i) {
    LayerRunner& exact_runner = exact_runners[static_cast<size_t>(thread)];
    LayerRunner& other_runner = other_runners[static_cast<size_t>(thread)];
    RETURN_IF_ERROR(exact_runner.Run(pictures.inputs[which[i]]));
    RETURN_IF_ERROR(other_runner.Run(pictures.inputs[which[i]]));
    results[i] = Compare(exact_runner, other_runner, query.layers.size(), top);
    progress.Advance();
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ParallelLoop(results.size(), query.threads, compare));
  return Combine(query.layers, results);
}

FidelityMeasurement Merge(const FidelityMeasurement& a, const FidelityMeasurement& b) {
  FidelityMeasurement merged = a;
  merged.pictures = a.pictures + b.pictures;
  const double share = static_cast<double>(b.pictures) / std::max(1, merged.pictures);
  const auto mix = [share](double& mean, double other) { mean += share * (other - mean); };
  for (size_t i = 0; i < merged.layers.size(); ++i) {
    LayerFidelity& layer = merged.layers[i];
    const LayerFidelity& other = b.layers[i];
    layer.least_pooled_cosine = std::min(layer.least_pooled_cosine, other.least_pooled_cosine);
    layer.least_map_cosine = std::min(layer.least_map_cosine, other.least_map_cosine);
    layer.largest_error = std::max(layer.largest_error, other.largest_error);
    mix(layer.mean_pooled_cosine, other.mean_pooled_cosine);
    mix(layer.mean_map_cosine, other.mean_map_cosine);
    mix(layer.mean_error, other.mean_error);
  }
  mix(merged.top1_agreement, b.top1_agreement);
  return merged;
}

Fidelity Summarize(const FidelityMeasurement& measurement, Precision precision) {
  Fidelity fidelity = {precision, /*pooled_cosine=*/1, /*map_cosine=*/1, measurement.top1_agreement,
                       LargestByteWeight()};
  for (const LayerFidelity& layer : measurement.layers) {
    fidelity.pooled_cosine = std::min(fidelity.pooled_cosine, layer.least_pooled_cosine);
    fidelity.map_cosine = std::min(fidelity.map_cosine, layer.least_map_cosine);
  }
  return fidelity;
}

}  // namespace onebyone
