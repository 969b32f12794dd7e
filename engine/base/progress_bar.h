#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace onebyone {

// One line that fits into `columns`: a bar, how many are done of how many, the rate and the time that is left.
std::string FormatProgress(int64_t completed, int64_t total, absl::Duration elapsed, int columns);

}  // namespace onebyone
