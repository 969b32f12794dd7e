#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/calibration/calibration.h"
#include "engine/graph/graph.h"
#include "engine/workbench/precision_trial.h"

namespace onebyone {

// Lets convolutions of `calibration` stay in float, those first whose float helps most, measured one by one on a few
// pictures: `count` of them or, without a count, as many as it takes until the features are faithful (IsFaithful), at
// most a quarter of all. Returns the fidelity with them, on all pictures.
absl::StatusOr<FidelityMeasurement> KeepInFloat(const PrecisionTrial& trial, std::optional<int> count,
                                                Calibration& calibration);

}  // namespace onebyone
