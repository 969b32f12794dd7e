#include "client/load/run/load_clock.h"

#include <sys/prctl.h>

#include <chrono>

namespace onebyone {

int64_t SystemLoadClock::NowNs() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void SystemLoadClock::SleepUntil(int64_t ns) {
  const std::chrono::steady_clock::time_point until{std::chrono::nanoseconds(ns)};
  std::unique_lock<std::mutex> lock(mutex_);
  condition_.wait_until(lock, until, [this] { return awake_; });
  awake_ = false;
}

void SystemLoadClock::Wake() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    awake_ = true;
  }
  condition_.notify_one();
}

void SystemLoadClock::WakePrecisely() { prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL); }

}  // namespace onebyone
