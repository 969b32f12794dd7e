#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/precision_choice.h"
#include "engine/runtime/cancellation.h"
#include "engine/workbench/evaluated_features.h"

namespace onebyone {

// Features to compare those of the model with.
struct Baselines {
  bool raw_pixels = true;       // see raw_pixels.h
  bool random_weights = false;  // the same layers, whole and in float32, of the network WithRandomWeights
};

struct EvaluateOptions {
  std::string bundle;
  std::string dataset;  // a folder with labels.csv, see ReadLabelledPictures
  FeatureChoice features;
  std::vector<PrecisionChoice> precisions = {PrecisionChoice::kAuto, PrecisionChoice::kFloat32};
  Baselines baselines;
  bool skip_bad = false;        // leave pictures out that cannot be read, instead of an error
  std::string features_output;  // a .npy file for the features; empty: none
  int threads = 1;              // pictures at a time; does not change the outcome
  bool json = false;
  bool show_progress = false;
};

// Prints how good the model's features are for finding similar pictures: for each kind of features the figures of
// MeasureRetrieval on the labelled pictures. float32 runs without Winograd, other precisions with the convolutions as
// Winograd that the calibration allows: the least that a server gives. `errors` gets the pictures that were skipped,
// the layers that were left out, and the progress. With `features_output` the one feature that is asked for is written
// as float32 [pictures, dimension], in the order of labels.csv.
//
// INVALID_ARGUMENT where pictures cannot be read (naming the first), where one feature of all pictures would take more
// than 4 GiB, and for a `features_output` of more than one feature; errors of ReadLabelledPictures, LoadModel,
// ChooseFeatures and Evaluation; CANCELLED of `cancellation`.
absl::Status RunEvaluate(const EvaluateOptions& options, const Cancellation& cancellation, std::ostream& out,
                         std::ostream& errors);

}  // namespace onebyone
