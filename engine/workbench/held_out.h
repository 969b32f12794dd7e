#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "engine/calibration/calibration.h"
#include "engine/model_loader.h"
#include "engine/workbench/picture_set.h"
#include "engine/workbench/progress.h"

namespace onebyone {

// Some of the pictures, and the calibrations that all others give: what int8 does to pictures that it was not
// calibrated on shows only so (cross-validation; Stone, "Cross-validatory choice and assessment of statistical
// predictions", 1974).
struct HeldOut {
  std::vector<size_t> pictures;  // by their places in the set
  // By the name of the method.
  absl::btree_map<std::string, Calibration> calibrations;
};

// Each picture in one of five parts, or as many as there are pictures; none for a single picture. Errors of
// ObserveValues.
absl::StatusOr<std::vector<HeldOut>> HoldOutInTurn(const Model& exact, const PictureSet& pictures, int threads,
                                                   Progress& progress);

}  // namespace onebyone
