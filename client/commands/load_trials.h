#pragma once

#include "absl/status/statusor.h"
#include "client/commands/load_options.h"
#include "client/commands/load_session.h"

namespace onebyone {

// The highest rate that keeps options.judge.objectives: the outcome is that of its last trial, with the steps of the
// whole search and the capacity. CANCELLED, UNAVAILABLE or another error where the first trial could not be made.
absl::StatusOr<SessionOutcome> SearchCapacity(const LoadOptions& options, LoadSession& session);

// One closed loop for each of options.loop.sweep; the outcome is that of the knee.
absl::StatusOr<SessionOutcome> SweepConcurrency(const LoadOptions& options, LoadSession& session);

}  // namespace onebyone
