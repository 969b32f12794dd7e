#pragma once

#include "absl/status/status.h"
#include "engine/calibration/calibration.h"
#include "engine/workbench/precision_trial.h"

namespace onebyone {

// Adds to `calibration.companded_layers` the convolutions that feed a local response normalization, through nothing but
// activations and max pools, and whose companded bytes bring the features of int8 nearer to float32: the normalization
// divides by the large numbers of a place, which brings forth the small ones of another. Errors of MeasureInt8.
absl::Status CompandWhereBetter(const PrecisionTrial& trial, Calibration& calibration);

}  // namespace onebyone
