#include "client/commands/model_layers.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/nearest_name.h"

namespace onebyone {

absl::StatusOr<const v1::Layer*> FindLayer(const v1::GetModelResponse& model, const std::string& name) {
  std::vector<std::string> names;
  for (const v1::Layer& layer : model.layers()) {
    if (layer.name() == name) return &layer;
    names.push_back(layer.name());
  }
  for (const v1::Layer& layer : model.layers()) {
    for (const std::string& alias : layer.aliases()) {
      if (alias == name) return &layer;
      names.push_back(alias);
    }
  }
  const std::string nearest = NearestName(name, names);
  return absl::InvalidArgumentError(
      absl::StrCat("layer: want a layer of model '", model.summary().name(), "', got '", name, "'",
                   nearest.empty() ? "" : absl::StrCat("; the nearest name is '", nearest, "'")));
}

const v1::StoredReduction* FittedReduction(const v1::Layer& layer) {
  for (const v1::StoredReduction& reduction : layer.reductions()) {
    if (reduction.kind() == v1::StoredReduction::FITTED) return &reduction;
  }
  return nullptr;
}

}  // namespace onebyone
