#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/load/report/load_result.h"

namespace onebyone {

// What a service promises: p99=50ms.
struct Objective {
  std::string text;
  double percentile = 0;
  absl::Duration limit;
};

// "p99=50ms", "p99.9=1.5s"; INVALID_ARGUMENT for anything else.
absl::StatusOr<Objective> ParseObjective(absl::string_view text);

// How long a call may take to count as good: the longest of the limits; 0 where there is no objective.
absl::Duration LongestLimit(const std::vector<Objective>& objectives);

// Why a run does not keep the objectives, in words; "" where it does. A run with more than kMostFailing of its calls
// failed or never sent keeps none, nor one whose percentile is refused, nor one whose answers fall behind.
std::string WhyBroken(const LoadResult& result, const std::vector<Objective>& objectives);

inline constexpr double kMostFailing = 0.001;

}  // namespace onebyone
