#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/bundle/bundle.h"
#include "engine/calibration/calibration.h"
#include "engine/graph/graph.h"
#include "engine/model_loader.h"
#include "engine/workbench/fidelity_measurement.h"
#include "engine/workbench/picture_set.h"
#include "engine/workbench/progress.h"

namespace onebyone {

// A network, its compilation in exact float32, and the pictures on which other compilations are compared with that.
class PrecisionTrial {
 public:
  // Errors of MakeModel. `progress` must outlive this.
  static absl::StatusOr<PrecisionTrial> Create(const Bundle& bundle, const Graph& network, PictureSet pictures,
                                               int threads, Progress& progress);

  // Compiles the network so and compares its layers on the first `most_pictures` pictures: those of ComparedLayers
  // where `layers` is empty.
  absl::StatusOr<FidelityMeasurement> Measure(const std::string& stage, const CompileOptions& options,
                                              size_t most_pictures = SIZE_MAX,
                                              const std::vector<std::string>& layers = {}) const;
  // The same in int8, with all convolutions as Winograd that `calibration` allows.
  absl::StatusOr<FidelityMeasurement> MeasureInt8(const std::string& stage, const Calibration& calibration,
                                                  size_t most_pictures = SIZE_MAX) const;

  const Model& exact() const { return *exact_; }
  const Graph& network() const { return network_; }
  const PictureSet& pictures() const { return pictures_; }
  int threads() const { return threads_; }
  Progress& progress() const { return *progress_; }

 private:
  PrecisionTrial(Graph network, std::shared_ptr<const Model> exact, PictureSet pictures, int threads,
                 Progress& progress)
      : network_(std::move(network)),
        exact_(std::move(exact)),
        pictures_(std::move(pictures)),
        threads_(threads),
        progress_(&progress) {}

  Graph network_;  // as imported
  std::shared_ptr<const Model> exact_;
  PictureSet pictures_;
  int threads_;
  Progress* progress_;
};

}  // namespace onebyone
