#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/runtime/executor.h"
#include "engine/runtime/plan.h"

namespace onebyone {

// A plan that is timed beside others, on an executor of its own.
struct Contender {
  std::shared_ptr<const Plan> plan;
  std::unique_ptr<Executor> executor;
  std::vector<absl::Duration> fastest;  // of each step
};

Contender Enter(std::shared_ptr<const Plan> plan, int threads);

// Runs all of them in turn, once to warm up and then `rounds` times, so that whatever disturbs the machine meanwhile
// disturbs them alike.
absl::Status RunInTurn(absl::Span<Contender> contenders, int rounds);

}  // namespace onebyone
