#pragma once

#include <string>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "engine/calibration/calibration.h"
#include "engine/calibration/histogram.h"
#include "engine/calibration/range_method.h"
#include "engine/model_loader.h"
#include "engine/workbench/picture_set.h"
#include "engine/workbench/progress.h"

namespace onebyone {

// What values were seen to hold, by their names.
using Observations = absl::btree_map<std::string, Histogram>;

// Runs the model on the pictures (on `which` of them; none: all), twice: how far the values reach, then how often they
// hold what. All layers, and the network's input. INVALID_ARGUMENT, naming the layer, where one holds NaN only or an
// infinite number.
absl::StatusOr<Observations> ObserveValues(const Model& model, const PictureSet& pictures, int threads,
                                           Progress& progress, const std::vector<size_t>& which = {});

// The calibration whose ranges follow from `observations` by a method; nothing stays in float.
// `images`: of how many pictures the observations are.
Calibration CalibrationBy(RangeMethod method, const Observations& observations, int images);

}  // namespace onebyone
