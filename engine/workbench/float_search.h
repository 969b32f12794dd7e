#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/calibration/calibration.h"
#include "engine/workbench/precision_trial.h"

namespace onebyone {

struct FloatChoice {
  Calibration calibration;          // without ranges for what stays float
  std::vector<std::string> values;  // that stay float, one name for each ByteValue
  FidelityMeasurement measurement;  // of pictures held out
};

// Lets values of a network that otherwise runs in int8 stay float: `count` of them or, without a count, as few
// multiply-adds as it takes until features lose no more than LargestLossShare, of at most 0.6 of the network's. What
// each value costs alone is measured once, on a few pictures; the choice is measured, corrected, and what turned out
// not to be needed becomes bytes again. `methods`: what each range method gives, the safest first; the choice is of the
// first that does, with the floats in place. `start`: the one of them that does best without any.
absl::StatusOr<FloatChoice> KeepInFloat(const PrecisionTrial& trial, std::optional<int> count,
                                        absl::Span<const Calibration> methods, const Calibration& start);

}  // namespace onebyone
