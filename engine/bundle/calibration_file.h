#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/calibration/calibration.h"

namespace onebyone {

// Reads `folder/calibration.textproto`. NOT_FOUND where there is none; INVALID_ARGUMENT, naming file and field, where
// it is of another model than the one with `model_sha256`, or wrong: an unknown field or precision, a number that is
// not finite or out of range, a name that comes twice, too many entries.
absl::StatusOr<Calibration> ReadCalibration(const std::string& folder, const std::string& model_sha256);

// Writes the file, or replaces it: a reader sees the old one or the new one. INVALID_ARGUMENT for what ReadCalibration
// would refuse, UNAVAILABLE where the file cannot be written.
absl::Status WriteCalibration(const std::string& folder, const std::string& model_sha256,
                              const Calibration& calibration);

}  // namespace onebyone
