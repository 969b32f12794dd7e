#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/clock.h"
#include "server/scheduler.h"

namespace onebyone {

// The trailer that carries a report (gRFC A51).
inline constexpr char kLoadReportTrailer[] = "endpoint-load-metrics-bin";

// How busy the server is, as an xds.data.orca.v3.OrcaLoadReport for clients that balance by weight:
//   application_utilization   (lanes busy + images that wait) / lanes: over 1 where images wait
//   utilization["queue"]      images that wait / the most that may
//   named_metrics["queue_length"]   images that wait
//   rps_fractional, eps       calls, and calls that failed by the server's doing, a second
// Thread-safe.
class LoadReporter {
 public:
  LoadReporter(Scheduler& scheduler, Clock clock);

  // Counts a call that ends with `code` and returns a serialized report that is at most kFreshness old.
  std::string Report(absl::StatusCode code);

  static constexpr absl::Duration kFreshness = absl::Milliseconds(20);
  static constexpr absl::Duration kWindow = absl::Seconds(2);  // of the rates

 private:
  struct Window {
    absl::Time start;
    int64_t calls = 0;
    int64_t errors = 0;
  };

  std::string Make(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Scheduler& scheduler_;
  const Clock clock_;
  absl::Mutex mutex_;
  Window before_ ABSL_GUARDED_BY(mutex_);  // the rates are of this one and the current one
  Window current_ ABSL_GUARDED_BY(mutex_);
  absl::Time made_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::string report_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
