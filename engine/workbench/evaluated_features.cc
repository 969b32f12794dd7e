#include "engine/workbench/evaluated_features.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/workbench/fidelity_measurement.h"
#include "engine/workbench/layer_choice.h"

namespace onebyone {
namespace {

constexpr char kAll[] = "all";

bool AsksForAll(const Model& model, const FeatureChoice& choice) {
  return choice.layers == std::vector<std::string>{kAll} && !model.ResolveLayer(kAll).ok();
}

absl::StatusOr<std::vector<const LayerInfo*>> LayersOf(const Model& model, const FeatureChoice& choice) {
  if (!AsksForAll(model, choice)) {
    return ResolveLayers(model, choice.layers.empty() ? model.DefaultLayers() : choice.layers);
  }
  std::vector<const LayerInfo*> layers;
  for (const std::string& name : ComparedLayers(*model.compiled)) layers.push_back(model.compiled->FindLayer(name));
  return layers;
}

// A server answers so too; a random projection in its place would be a surprise.
absl::Status CheckFitted(const Model& model, const LayerInfo& layer, const ChannelChoice& choice) {
  const std::shared_ptr<const Reduction> fitted = model.StoredReduction(layer.name);
  if (!choice.reduction_name.empty() || fitted == nullptr || choice.channels <= fitted->max_channels() ||
      choice.channels >= layer.channels) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("channels: want 1 to ", fitted->max_channels(), ", as '", fitted->name,
                                                 "' of layer '", layer.name, "' has (or none for all ", layer.channels,
                                                 "), got ", choice.channels));
}

std::string NameOfReduction(const LayerQuery& query, const Model& model) {
  if (query.reduction == nullptr) return "";
  if (query.reduction->kind == Reduction::Kind::kHead) return query.reduction->name;
  return query.reduction == model.StoredReduction(query.layer) ? "fitted" : "random projection";
}

absl::StatusOr<EvaluatedFeature> ChooseFeature(const Model& model, const LayerInfo& layer,
                                               const ChannelChoice& choice) {
  RETURN_IF_ERROR(CheckFitted(model, layer, choice));
  ASSIGN_OR_RETURN(std::vector<ChosenLayer> chosen, ChooseLayers(model, {layer.name}, choice));
  EvaluatedFeature feature;
  feature.layer = layer.name;
  feature.form.query = std::move(chosen.front().query);
  feature.reduction = NameOfReduction(feature.form.query, model);
  feature.channels = feature.form.query.reduction == nullptr ? layer.channels : feature.form.query.channels;
  return feature;
}

void AddPoolings(const EvaluatedFeature& feature, int64_t pixels, const std::vector<MapPooling>& poolings,
                 std::vector<EvaluatedFeature>& features) {
  for (const MapPooling pooling : poolings) {
    EvaluatedFeature& pooled = features.emplace_back(feature);
    pooled.pooling = pixels == 1 ? "-" : std::string(NameOf(pooling));
    pooled.form.pooling = pixels == 1 ? MapPooling::kNone : pooling;
    pooled.form.dimension = feature.channels * (pooling == MapPooling::kNone ? pixels : 1);
    if (pixels == 1) return;
  }
}

}  // namespace

absl::StatusOr<EvaluatedFeatures> ChooseFeatures(const Model& model, const FeatureChoice& choice) {
  ASSIGN_OR_RETURN(const std::vector<const LayerInfo*> layers, LayersOf(model, choice));
  const bool may_leave_out = AsksForAll(model, choice);
  const std::vector<int64_t> whole = {0};
  EvaluatedFeatures chosen;
  for (const LayerInfo* layer : layers) {
    for (const int64_t channels : choice.channels.empty() ? whole : choice.channels) {
      const absl::StatusOr<EvaluatedFeature> feature =
          ChooseFeature(model, *layer, {.channels = channels, .reduction_name = choice.reduction_name});
      if (feature.ok()) {
        AddPoolings(*feature, layer->height * layer->width, choice.poolings, chosen.features);
      } else if (may_leave_out && absl::IsInvalidArgument(feature.status())) {
        chosen.left_out.emplace_back(feature.status().message());
      } else {
        return feature.status();
      }
    }
  }
  if (!chosen.features.empty()) return chosen;
  return absl::InvalidArgumentError(
      absl::StrCat("--layer: want at least one layer with such channels, got none; ", chosen.left_out.front()));
}

}  // namespace onebyone
