#include "client/commands/layer_views.h"

#include <algorithm>
#include <utility>

#include "absl/types/span.h"
#include "client/commands/model_layers.h"
#include "client/rpc_status.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr size_t kLayersPerRequest = 8;  // with their components as many features as a server takes unless told
constexpr int kComponents = 3;

// The features of one layer: the whole, and its first components where they are fitted.
void AskForLayer(const v1::Layer& layer, const std::string& name, v1::ExtractFeaturesRequest& request) {
  request.add_features()->set_layer(name);
  const v1::StoredReduction* fitted = FittedReduction(layer);
  if (fitted == nullptr || fitted->max_channels() < kComponents || layer.channels() <= kComponents) return;
  v1::FeatureRequest& components = *request.add_features();
  components.set_layer(name);
  components.set_channels(kComponents);
  components.set_reduction(v1::STORED);
}

}  // namespace

absl::Status ExtractLayerViews(const FeatureClient& client, const v1::ExtractFeaturesRequest& request,
                               absl::string_view image, const v1::GetModelResponse& model,
                               const std::vector<std::string>& layers, const CallOptions& call,
                               absl::FunctionRef<absl::Status(LayerView)> receive) {
  std::vector<const v1::Layer*> found;
  for (const std::string& name : layers) {
    ASSIGN_OR_RETURN(found.emplace_back(), FindLayer(model, name));
  }
  for (size_t begin = 0; begin < layers.size(); begin += kLayersPerRequest) {
    v1::ExtractFeaturesRequest part = request;
    part.clear_features();
    part.clear_images();
    part.add_images()->set_content(std::string(image));
    for (size_t i = begin; i < std::min(layers.size(), begin + kLayersPerRequest); ++i) {
      AskForLayer(*found[i], layers[i], part);
    }
    ASSIGN_OR_RETURN(v1::ExtractFeaturesResponse response, client.ExtractFeatures(part, call));
    v1::ImageResult& result = *response.mutable_results(0);
    RETURN_IF_ERROR(StatusFromRpc(result.status()));
    for (int i = 0; i < part.features_size(); ++i) {
      LayerView view = {.map = std::move(*result.mutable_features(i)), .components = std::nullopt};
      const bool has_components = i + 1 < part.features_size() && part.features(i + 1).channels() > 0;
      if (has_components) view.components = std::move(*result.mutable_features(++i));
      RETURN_IF_ERROR(receive(std::move(view)));
    }
  }
  return absl::OkStatus();
}

}  // namespace onebyone
