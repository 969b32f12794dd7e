#pragma once

#include <cstdint>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/hedge_policy.h"
#include "client/latency_percentile.h"

namespace onebyone {

// When a client's calls are hedged, and how many may be: what its calls have in common. Thread-safe.
//
// The budget is a bucket of tokens, empty at first: a call adds `policy.budget` of one, a hedge takes one. So hedges
// are never more than that share of the calls, whatever the delay is.
class Hedging {
 public:
  explicit Hedging(const HedgePolicy& policy);  // REQUIRES: enabled and valid

  // A call begins: how long it may take before it is hedged. Nothing while too few latencies are known.
  std::optional<absl::Duration> BeginCall();

  // Whether the budget has a hedge left, which is taken.
  bool TakeHedge();

  // A server refused work: a token less, so that servers under too much load get no hedges on top.
  void Refused();

  // How long an attempt took that was not a hedge; where a hedge has won, how long it had taken until then.
  void Measured(absl::Duration latency);

  void Won();

  HedgeCounts counts() const;

 private:
  const absl::Duration delay_;                   // zero: by percentile_
  std::optional<LatencyPercentile> percentile_;  // never changes whether it is there
  const int64_t share_;                          // of a token, that a call adds; in millionths as all of them
  mutable absl::Mutex mutex_;
  int64_t tokens_ ABSL_GUARDED_BY(mutex_) = 0;
  HedgeCounts counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
