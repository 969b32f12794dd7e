#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/bundle/bundle.h"
#include "engine/graph/graph.h"
#include "engine/precision_choice.h"
#include "engine/runtime/compiled_model.h"

namespace onebyone {

// A bundle ready to run. Immutable but for the plan cache of `compiled`; thread-safe.
struct Model {
  Bundle bundle;
  std::shared_ptr<CompiledModel> compiled;

  // The layer that a name or alias means. NOT_FOUND-free: INVALID_ARGUMENT, with the nearest name, where there is none.
  absl::StatusOr<const LayerInfo*> ResolveLayer(const std::string& name_or_alias) const;
  // The names that an empty request means, never empty.
  std::vector<std::string> DefaultLayers() const;
  // The reduction that has been fitted for a layer, or null.
  std::shared_ptr<const Reduction> StoredReduction(const std::string& layer) const;
  // The reduction of a layer, fitted or supplied, that is called so. INVALID_ARGUMENT, telling the names that there
  // are, where there is none.
  absl::StatusOr<std::shared_ptr<const Reduction>> NamedReduction(const std::string& layer,
                                                                  const std::string& name) const;
};

// bundle -> import -> compile, in that order, then checks that everything the config names exists. Errors of ReadBundle
// and ImportOnnxFile; INVALID_ARGUMENT, naming bundle and field, where the network takes no picture (one float32 input
// [N, 3, height, width]), has weights that are not finite, a text that is no UTF-8, cannot take the config's input
// size, or lacks a layer that the config names; those of ChoosePrecision. `options` but for its precision, which
// `precision` decides, and the calibration, the bundle's.
absl::StatusOr<std::shared_ptr<const Model>> LoadModel(const std::string& bundle_folder, PrecisionChoice precision,
                                                       CompileOptions options);

// The last two steps of LoadModel, for a network that has been imported and a bundle that may not be on disk yet, with
// the precision and calibration of `options`.
absl::StatusOr<std::shared_ptr<const Model>> MakeModel(Bundle bundle, Graph network, const CompileOptions& options);

}  // namespace onebyone
