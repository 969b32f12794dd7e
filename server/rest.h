#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/time/time.h"

namespace onebyone {

// How a thread rests between two looks at something, until another wakes it. By the steady clock: Abseil 20220623 waits
// until a moment of the wall clock, and one that is set back by a day makes a day of any rest. Thread-safe.
class Rest {
 public:
  // Returns after `most` or when woken; at once where that was since the last rest. Whether it was woken.
  bool For(absl::Duration most) {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto is_woken = [this] { return is_woken_; };
    if (most == absl::InfiniteDuration()) {
      wakes_.wait(lock, is_woken);
    } else {
      wakes_.wait_for(lock, absl::ToChronoNanoseconds(most), is_woken);
    }
    return std::exchange(is_woken_, false);
  }

  void Wake() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_woken_ = true;
    wakes_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wakes_;
  bool is_woken_ = false;
};

}  // namespace onebyone
