#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "engine/calibration/calibration.h"
#include "engine/workbench/precision_trial.h"

namespace onebyone {

// Lets convolutions of `calibration`, whose int8 has the fidelity `direct`, be Winograd in int8: all that can, or those
// that cost least, as many as leave the features faithful with a reserve for pictures not seen. Returns the fidelity
// with all of them as Winograd; nothing, and `calibration` as it was, where none may be.
absl::StatusOr<std::optional<Fidelity>> AllowWinograd(const PrecisionTrial& trial, const Fidelity& direct,
                                                      Calibration& calibration);

}  // namespace onebyone
