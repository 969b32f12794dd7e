#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/calibration/calibration.h"
#include "engine/model_loader.h"
#include "engine/workbench/picture_set.h"
#include "engine/workbench/progress.h"

namespace onebyone {

// How near one layer comes to what it should be, over some pictures.
struct LayerFidelity {
  std::string layer;
  double least_pooled_cosine = 1;
  double mean_pooled_cosine = 0;
  double least_map_cosine = 1;
  double mean_map_cosine = 0;
  double largest_error = 0;  // relative, see FeatureDifference
  double mean_error = 0;
};

struct FidelityMeasurement {
  std::vector<LayerFidelity> layers;
  double top1_agreement = 1;  // share of the pictures whose largest output is at the same place
  int pictures = 0;
};

// The layers that people take features from: what concats, sums, pools, normalizations and activations give, and the
// model's outputs. Not what a convolution gives to its activation alone, nor probabilities: the largest one counts, by
// itself.
std::vector<std::string> ComparedLayers(const CompiledModel& model);

// The model's last output, whose largest element counts for the top-1 agreement.
std::string TopLayer(const CompiledModel& model);

struct FidelityQuery {
  std::vector<std::string> layers;  // names, no aliases; at least one
  std::vector<size_t> pictures;     // those that count, by their places in the set; none: all
  int threads = 1;                  // pictures at a time
};

// Runs `other` and `exact`, two compilations of one network, on the pictures and compares the layers.
absl::StatusOr<FidelityMeasurement> MeasureFidelity(const Model& exact, const Model& other, const FidelityQuery& query,
                                                    const PictureSet& pictures, Progress& progress);

// As if the pictures of both, measured on the same layers, had been measured together.
FidelityMeasurement Merge(const FidelityMeasurement& a, const FidelityMeasurement& b);

// The least of all layers, as a calibration states it.
Fidelity Summarize(const FidelityMeasurement& measurement, Precision precision);

}  // namespace onebyone
