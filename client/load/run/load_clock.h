#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace onebyone {

// The time of a run: nanoseconds that only rise. Thread-safe.
class LoadClock {
 public:
  virtual ~LoadClock() = default;
  virtual int64_t NowNs() const = 0;
  // Returns at `ns`, or earlier after Wake. One thread at a time.
  virtual void SleepUntil(int64_t ns) = 0;
  // Ends the sleep under way, or the next one.
  virtual void Wake() = 0;
};

// CLOCK_MONOTONIC. Sleeps without spinning: on a machine that the server shares, a spinning client takes the server's
// CPU.
class SystemLoadClock final : public LoadClock {
 public:
  int64_t NowNs() const override;
  void SleepUntil(int64_t ns) override;
  void Wake() override;

  // For the thread that sleeps: the kernel may be late by 1 us instead of 50.
  static void WakePrecisely();

 private:
  std::mutex mutex_;  // of the standard library: Abseil's condition variables know the wall clock only
  std::condition_variable condition_;
  bool awake_ = false;
};

}  // namespace onebyone
