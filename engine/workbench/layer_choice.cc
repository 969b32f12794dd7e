#include "engine/workbench/layer_choice.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"
#include "engine/reduction/random_projection.h"

namespace onebyone {
namespace {

absl::StatusOr<LayerQuery> NamedQuery(const Model& model, const LayerInfo& layer, const ChannelChoice& choice) {
  LayerQuery query = WholeLayer(layer.name);
  ASSIGN_OR_RETURN(query.reduction, model.NamedReduction(layer.name, choice.reduction_name));
  const int64_t most = query.reduction->max_channels();
  if (choice.channels > most) {
    return absl::InvalidArgumentError(absl::StrCat("channels: want 1 to ", most, " of reduction '",
                                                   choice.reduction_name, "' (or none for all), got ",
                                                   choice.channels));
  }
  query.channels = choice.channels == 0 ? most : choice.channels;
  return query;
}

absl::StatusOr<LayerQuery> QueryFor(const Model& model, const LayerInfo& layer, const ChannelChoice& choice) {
  if (!choice.reduction_name.empty()) return NamedQuery(model, layer, choice);
  LayerQuery query = WholeLayer(layer.name);
  const int64_t channels = choice.channels;
  if (channels == 0) return query;
  query.channels = channels;
  const std::shared_ptr<const Reduction> stored = model.StoredReduction(layer.name);
  if (stored != nullptr && channels <= stored->max_channels()) {
    query.reduction = stored;
    return query;
  }
  if (channels >= layer.channels) {
    return absl::InvalidArgumentError(absl::StrCat("channels: want 1 to ", layer.channels - 1, " for layer '",
                                                   layer.name, "' (or none for all ", layer.channels, "), got ",
                                                   channels));
  }
  ASSIGN_OR_RETURN(Reduction projection, RandomProjection(layer.name, layer.channels, channels, /*seed=*/0));
  query.reduction = std::make_shared<const Reduction>(std::move(projection));
  return query;
}

}  // namespace

absl::StatusOr<std::vector<ChosenLayer>> ChooseLayers(const Model& model, const std::vector<std::string>& names,
                                                      const ChannelChoice& choice) {
  std::vector<ChosenLayer> chosen;
  for (const std::string& name : names.empty() ? model.DefaultLayers() : names) {
    ASSIGN_OR_RETURN(const LayerInfo* layer, model.ResolveLayer(name));
    ASSIGN_OR_RETURN(LayerQuery query, QueryFor(model, *layer, choice));
    chosen.push_back({name, std::move(query)});
  }
  return chosen;
}

absl::StatusOr<std::vector<const LayerInfo*>> ResolveLayers(const Model& model, const std::vector<std::string>& texts) {
  std::vector<const LayerInfo*> layers;
  for (const std::string& text : texts) {
    const std::vector<std::string> whole = {text};
    const std::vector<std::string> parts = absl::StrSplit(text, ',');
    for (const std::string& name : model.ResolveLayer(text).ok() ? whole : parts) {
      ASSIGN_OR_RETURN(const LayerInfo* layer, model.ResolveLayer(name));
      if (std::find(layers.begin(), layers.end(), layer) == layers.end()) layers.push_back(layer);
    }
  }
  return layers;
}

std::string LayerFileName(const std::string& layer) { return absl::StrReplaceAll(layer, {{"/", "_"}}); }

}  // namespace onebyone
