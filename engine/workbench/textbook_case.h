#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/workbench/reduction_cost.h"

namespace onebyone {

// The case that textbooks show: 256 channels -> 1x1 to 64 -> 4x4 to 256, against 4x4 on all 256, over a 28x28 map.
struct TextbookCase {
  ReductionCost counted;
  double with_reduction_ms = 0;  // minima of the timed runs, one thread; 0 where nothing was timed
  double direct_ms = 0;
};

// Counts the case and, where `runs` is not 0, runs both networks that often, in turn, so that both meet the same
// machine.
absl::StatusOr<TextbookCase> StudyTextbookCase(int runs);

}  // namespace onebyone
