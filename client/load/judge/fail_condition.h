#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/load/report/load_result.h"

namespace onebyone {

// A condition under which a run is to be called failed: "p99>50ms", "errors>0.1%", "good<200".
struct FailCondition {
  std::string text;
  std::string figure;     // "p99", "errors", ...
  double percentile = 0;  // of a figure p...
  char comparison = '>';  // or '<'
  bool or_equal = false;
  double limit = 0;  // milliseconds, a share, or a rate
};

// FIGURE>LIMIT, also >=, <, <=. Figures: pNN, mean, max with a time; errors, never_sent, late with a share (0.1% or
// 0.001); offered, achieved, good with a rate a second; changed with a number. INVALID_ARGUMENT for anything else.
absl::StatusOr<FailCondition> ParseFailCondition(absl::string_view text);

// Whether it holds. A percentile that too few samples support fails too: what cannot be told was not kept.
LoadCheck Check(const FailCondition& condition, const LoadResult& result);

}  // namespace onebyone
