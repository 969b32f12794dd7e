#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace onebyone {

// A percentile of the latest thousand latencies. Thread-safe; Add sorts in part once in twenty times (some 10 us).
class LatencyPercentile {
 public:
  explicit LatencyPercentile(double percentile);  // 50 to 99

  void Add(absl::Duration latency);

  // Nothing before five latencies lie above it (p95: of 100, p99: of 500): a percentile of fewer is a guess.
  std::optional<absl::Duration> value() const;

 private:
  const double share_;  // below the percentile
  const size_t needed_;
  mutable absl::Mutex mutex_;
  std::vector<absl::Duration> latest_ ABSL_GUARDED_BY(mutex_);  // a ring once it is full
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  int fresh_ ABSL_GUARDED_BY(mutex_) = 0;  // since value_
  std::optional<absl::Duration> value_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
