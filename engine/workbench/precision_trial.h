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
#include "engine/workbench/held_out.h"
#include "engine/workbench/picture_set.h"
#include "engine/workbench/progress.h"

namespace onebyone {

// A network, its compilation in exact float32, and the pictures on which other compilations are compared with that.
class PrecisionTrial {
 public:
  // Errors of MakeModel. `progress` must outlive this.
  static absl::StatusOr<PrecisionTrial> Create(const Bundle& bundle, const Graph& network, PictureSet pictures,
                                               int threads, Progress& progress);

  // Calibrates without each part of the pictures in turn, for MeasureHeldOut. Errors of HoldOutInTurn.
  absl::Status HoldOut();

  // Compiles the network so and compares its layers on `which` pictures (none: all): those of ComparedLayers where
  // `layers` is empty.
  absl::StatusOr<FidelityMeasurement> Measure(const std::string& stage, const CompileOptions& options,
                                              const std::vector<size_t>& which = {},
                                              const std::vector<std::string>& layers = {}) const;
  // The same in int8, with all convolutions as Winograd that `calibration` allows.
  absl::StatusOr<FidelityMeasurement> MeasureInt8(const std::string& stage, const Calibration& calibration,
                                                  const std::vector<size_t>& which = {}) const;
  // The same on all pictures, each with the ranges that others give by the method of `calibration`, for the values
  // that have one there. With those of `calibration` where none were held out, or there is but one picture.
  absl::StatusOr<FidelityMeasurement> MeasureHeldOut(const std::string& stage, const Calibration& calibration) const;

  // The same trial on pictures of so much of their contrast: their inputs times `factor`, the ranges of the others as
  // they were.
  PrecisionTrial Fainter(float factor) const;

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
  std::vector<HeldOut> held_out_;
  int threads_;
  Progress* progress_;
};

}  // namespace onebyone
