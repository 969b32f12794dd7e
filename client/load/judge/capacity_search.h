#pragma once

#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/load/report/load_result.h"

namespace onebyone {

struct CapacitySearchOptions {
  double start_per_s = 100;
  double most_per_s = 100'000;
  double precision = 0.02;  // the found rate and the lowest one that breaks the objective differ by at most this share
  int most_trials = 60;
};

struct CapacitySearchOutcome {
  std::vector<LoadStep> steps;         // as they ran
  std::optional<double> per_s;         // highest rate that kept the objective, in two trials at least
  std::optional<double> broken_per_s;  // lowest rate that broke it, in two trials at least
  bool settled = false;                // false: it ended before both were confirmed
  absl::Status status;                 // why it ended early; OK where it did not
};

// Looks for the highest rate at which `trial` keeps the objective (LoadStep::kept): the rate grows or falls by half
// until it lies between two, then by bisection; both ends are tried again, and where trials disagree
// more of them decide, so that one hiccup of the machine neither makes nor breaks a figure. `trial` fails where a run
// cannot be made: the search ends with that status.
CapacitySearchOutcome FindCapacity(const CapacitySearchOptions& options,
                                   absl::FunctionRef<absl::StatusOr<LoadStep>(double per_s)> trial);

// The step at which more concurrency begins to cost more latency than it brings throughput: the largest quotient of
// throughput and mean latency (Kleinrock's power). Null where no step has answers.
const LoadStep* FindKnee(const std::vector<LoadStep>& steps);

}  // namespace onebyone
