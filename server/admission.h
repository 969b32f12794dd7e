#pragma once

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/clock.h"

namespace onebyone {

// Lets requests in as long as there is room for them, and counts those that are in. Knows nothing of what they are.
//
// A request is in from Admit to Leave; its images wait from Admit until Begin is called for each. Thread-safe.
class Admission {
 public:
  struct Limits {
    int64_t waiting_images = 256;                            // accepted and not begun
    int64_t bytes = int64_t{1} << 30;                        // of all requests that are in: encoded images and answers
    absl::Duration retry_after = absl::Milliseconds(200);    // told to a client that found the queue full
    absl::Duration draining_retry_after = absl::Seconds(1);  // told while draining: another server may take it at once
  };

  Admission(const Limits& limits, Clock clock) : limits_(limits), clock_(std::move(clock)) {}

  // DEADLINE_EXCEEDED where `deadline` has passed, UNAVAILABLE while draining, RESOURCE_EXHAUSTED where there is no
  // room: the last two say when to try again. Never blocks. An error takes no room.
  absl::Status Admit(int64_t images, int64_t bytes, absl::Time deadline);
  // `images` that waited have been begun or dropped.
  void Begin(int64_t images);
  // A request that Admit let in has been answered.
  void Leave(int64_t bytes);

  // From now on Admit refuses.
  void StartDraining();
  // True once no request is in, false where one still is after `timeout`.
  bool WaitUntilEmpty(absl::Duration timeout) const;

  const Limits& limits() const { return limits_; }
  int64_t waiting_images() const;
  int64_t bytes() const;
  int64_t requests() const;

 private:
  bool Empty() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return requests_ == 0; }

  const Limits limits_;
  const Clock clock_;
  mutable absl::Mutex mutex_;
  int64_t waiting_images_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t requests_ ABSL_GUARDED_BY(mutex_) = 0;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace onebyone
