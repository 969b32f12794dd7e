#pragma once

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/clock.h"
#include "server/observability/call_metrics.h"

namespace onebyone {

// Counts and logs calls that are refused before any service or interceptor sees them: without a good token, or of a
// method that is not allowed. Thread-safe.
class RefusedCalls {
 public:
  // `calls` must outlive this.
  RefusedCalls(const CallMetrics& calls, Clock clock) : calls_(calls), clock_(std::move(clock)) {}

  // Counts one as started and handled, and logs it: one line a second at the most, which tells how many had none, since
  // whoever guesses tokens must not fill the disk.
  void Tell(absl::string_view path, const absl::Status& why);

 private:
  const CallMetrics& calls_;
  const Clock clock_;
  absl::Mutex mutex_;
  absl::Time logged_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  int64_t unlogged_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace onebyone
