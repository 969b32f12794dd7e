#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "onebyone/config/v1/calibration.pb.h"
#include "onebyone/config/v1/model_config.pb.h"
#include "onebyone/config/v1/reductions.pb.h"

namespace onebyone {

// Reads a file in protobuf's text format. INVALID_ARGUMENT, naming `path`, line and column of each mistake (the first
// few): a field that does not exist, a value of the wrong kind, a field that is given twice.
absl::StatusOr<config::v1::ModelConfig> ParseConfigText(absl::string_view text, const std::string& path);
absl::StatusOr<config::v1::Calibration> ParseCalibrationText(absl::string_view text, const std::string& path);
absl::StatusOr<config::v1::ReductionList> ParseReductionsText(absl::string_view text, const std::string& path);

// The message as a file for people: one field a line, under a comment that says what it is.
std::string FormatConfigText(const config::v1::ModelConfig& config);
std::string FormatCalibrationText(const config::v1::Calibration& calibration);
std::string FormatReductionsText(const config::v1::ReductionList& reductions);

}  // namespace onebyone
