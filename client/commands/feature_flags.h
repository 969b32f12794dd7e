#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

// How the layers are asked for, as typed; `feature` holds what all layers have in common.
struct FeatureFlags {
  std::vector<std::string> layers;
  v1::FeatureRequest feature;
  v1::InputSize input_size = v1::INPUT_SIZE_UNSPECIFIED;
};

// --layer (once, or as often as wanted; kOptional: not at all, too), --channels, --reduction, --seed, --input-size.
// With kOptional the seed of the random projection is --projection-seed: the command has a --seed of its own.
enum class LayerCount { kOne, kAny, kOptional };
void AddFeatureFlags(CLI::App& command, FeatureFlags& flags, LayerCount count);

// --type, --pooling, --normalize, --layout: the form in which the maps come.
void AddMapFlags(CLI::App& command, FeatureFlags& flags);

// --pooling alone.
void AddPoolingFlag(CLI::App& command, FeatureFlags& flags);

// A pooling as typed: none, average, max, gem, gem:EXPONENT, HxW (average into a grid) or one of average, max, gem with
// :HxW. INVALID_ARGUMENT for anything else.
absl::StatusOr<v1::Pooling> ParsePooling(absl::string_view text);

// One FeatureRequest per layer into `request`, and the input size.
void FillRequest(const FeatureFlags& flags, v1::ExtractFeaturesRequest& request);

}  // namespace onebyone
