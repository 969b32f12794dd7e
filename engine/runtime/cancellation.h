#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/base/steady_time.h"

namespace onebyone {

// Tells running work that nobody wants its result any more. Deadlines are moments of SteadyNow. Cancel may be called
// from any thread; Check is one load and a look at the clock, cheap enough between the steps of a network.
class Cancellation {
 public:
  explicit Cancellation(absl::Time deadline = absl::InfiniteFuture()) : deadline_(deadline) {}

  // The first call counts.
  void Cancel() {
    int64_t never = kNever;
    cancelled_at_.compare_exchange_strong(never, absl::ToUnixNanos(SteadyNow()), std::memory_order_relaxed);
  }

  // OK, CANCELLED, or DEADLINE_EXCEEDED: whichever came first, for a deadline may be told by a call of Cancel, too.
  absl::Status Check() const {
    const int64_t cancelled_at = cancelled_at_.load(std::memory_order_relaxed);
    const bool is_cancelled = cancelled_at != kNever;
    if (is_cancelled && absl::FromUnixNanos(cancelled_at) < deadline_)
      return absl::CancelledError("the caller has gone");
    if (is_cancelled || (deadline_ != absl::InfiniteFuture() && SteadyNow() >= deadline_)) {
      return absl::DeadlineExceededError("the deadline passed before the work was done");
    }
    return absl::OkStatus();
  }

  absl::Time deadline() const { return deadline_; }

  // From when on nobody wanted the result: the cancellation or the deadline, whichever came first.
  absl::Time EndOfInterest() const {
    const int64_t cancelled_at = cancelled_at_.load(std::memory_order_relaxed);
    return cancelled_at == kNever ? deadline_ : std::min(deadline_, absl::FromUnixNanos(cancelled_at));
  }

 private:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  std::atomic<int64_t> cancelled_at_{kNever};  // nanoseconds since 1970, as SteadyNow counts them
  const absl::Time deadline_;
};

// Whether `status` is what Check returns once nobody wants the result.
inline bool IsEndOfInterest(const absl::Status& status) {
  return absl::IsCancelled(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace onebyone
