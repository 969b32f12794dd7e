#pragma once

#include <atomic>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace onebyone {

// Tells running work that nobody wants its result any more. Cancel may be called from any thread; Check is one load and
// a look at the clock, cheap enough between the steps of a network.
class Cancellation {
 public:
  explicit Cancellation(absl::Time deadline = absl::InfiniteFuture()) : deadline_(deadline) {}

  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }

  // OK, CANCELLED, or DEADLINE_EXCEEDED.
  absl::Status Check() const {
    if (cancelled_.load(std::memory_order_relaxed)) return absl::CancelledError("the caller has gone");
    if (deadline_ != absl::InfiniteFuture() && absl::Now() >= deadline_) {
      return absl::DeadlineExceededError("the deadline passed before the work was done");
    }
    return absl::OkStatus();
  }

  absl::Time deadline() const { return deadline_; }

 private:
  std::atomic<bool> cancelled_{false};
  const absl::Time deadline_;
};

}  // namespace onebyone
