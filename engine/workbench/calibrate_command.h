#pragma once

#include <optional>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "engine/calibration/range_method.h"

namespace onebyone {

struct CalibrateOptions {
  std::string bundle;
  std::string images;                 // a folder
  std::optional<RangeMethod> method;  // none: the one with the best fidelity
  std::optional<int> keep_float;      // values that stay float; none: as many as it takes
  int threads = 1;                    // pictures at a time
  bool show_progress = false;
};

// Runs the network on the pictures, chooses ranges and the values that stay float, measures how near int8 and
// bf16 come to float32, and writes `calibration.textproto` into the bundle; `out` gets a table, `errors` a line for
// each file that is no picture, and the progress. Errors of ReadBundle (but for the calibration that is replaced),
// ReadPictures and ObserveValues.
absl::Status RunCalibrate(const CalibrateOptions& options, std::ostream& out, std::ostream& errors);

}  // namespace onebyone
