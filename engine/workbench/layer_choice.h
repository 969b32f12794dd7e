#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/model_loader.h"

namespace onebyone {

// All channels of a layer.
inline LayerQuery WholeLayer(const std::string& name) { return {.layer = name, .reduction = nullptr, .channels = 0}; }

// A layer as the user named it, and what a plan must be asked for.
struct ChosenLayer {
  std::string name;  // as given: may be an alias
  LayerQuery query;
};

// How many channels of each layer, and by which reduction.
struct ChannelChoice {
  // 0: whole. k: the first k of the reduction that has been fitted for the layer, otherwise of the random projection of
  // seed 0.
  int64_t channels = 0;
  // Not empty: of that stored reduction, all of its rows where `channels` is 0.
  std::string reduction_name = {};
};

// The layers that the user names, or the model's default layers where none is named. INVALID_ARGUMENT for an unknown
// layer (with the nearest name) or reduction and for more channels than there are, saying what, wanted, got.
absl::StatusOr<std::vector<ChosenLayer>> ChooseLayers(const Model& model, const std::vector<std::string>& names,
                                                      const ChannelChoice& choice);

// The layers that `texts` name, each once: a layer or alias, or several with commas between ("a,b" is two, unless there
// is one of that name). INVALID_ARGUMENT, with the nearest name, for an unknown one. The model's own; it must outlive
// them.
absl::StatusOr<std::vector<const LayerInfo*>> ResolveLayers(const Model& model, const std::vector<std::string>& texts);

// "inception_3a/output" as "inception_3a_output": the part of a file name that tells the layer.
std::string LayerFileName(const std::string& layer);

}  // namespace onebyone
