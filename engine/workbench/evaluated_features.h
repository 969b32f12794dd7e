#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/model_loader.h"
#include "engine/workbench/feature_gathering.h"
#include "engine/workbench/map_pooling.h"

namespace onebyone {

// Which features the user asks for: every layer in every pooling with every number of channels.
struct FeatureChoice {
  // As ResolveLayers takes them; "all" alone: those of ComparedLayers. Empty: the model's default layers.
  std::vector<std::string> layers = {};
  // 0: all of the layer, or all rows of the reduction of that name. Empty: 0 alone.
  std::vector<int64_t> channels = {};
  // Not empty: by that stored reduction, else as ChannelChoice says.
  std::string reduction_name = {};
  std::vector<MapPooling> poolings = {MapPooling::kAverage};
};

// One of them.
struct EvaluatedFeature {
  std::string layer;
  // The pooling's name; "-" for a layer of one pixel, which is the same under any and is there once.
  std::string pooling;
  int64_t channels = 0;
  // By what the channels are fewer: "fitted", "random projection" or the name of a head; empty for a whole layer.
  std::string reduction;
  FeatureForm form;
};

struct EvaluatedFeatures {
  std::vector<EvaluatedFeature> features;  // by layer, then channels, then pooling
  std::vector<std::string> left_out;       // why, where "all" layers have not all numbers of channels
};

// INVALID_ARGUMENT, saying what, wanted, got, for an unknown layer or reduction, and, as from a server, for as many
// channels as the layer has or more, or more than have been fitted for it.
absl::StatusOr<EvaluatedFeatures> ChooseFeatures(const Model& model, const FeatureChoice& choice);

}  // namespace onebyone
