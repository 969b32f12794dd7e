#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace onebyone {

// Takes items that threads make in any order, in the order of their numbers, from 0 on. A thread that comes early
// leaves its item and goes on; one that closes a gap takes all that follow it. Thread-safe.
template <typename Item>
class InOrder {
 public:
  // Called with each item in order, by one thread at a time, under no lock. Its error stops the taking.
  using Take = std::function<absl::Status(Item)>;

  // At most `ahead` >= 1 items wait for one with a smaller number; who comes with more waits.
  InOrder(size_t ahead, Take take) : ahead_(ahead), take_(std::move(take)) {}

  // Each number once. The error of `take`, to the thread that called it; OK to the others.
  absl::Status Deliver(size_t number, Item item) {
    const absl::MutexLock lock(&mutex_);
    while (!stopped_ && number > next_ + ahead_) changed_.Wait(&mutex_);
    if (failed_ || (stopped_ && number > next_ + ahead_)) return absl::OkStatus();
    waiting_.emplace(number, std::move(item));
    if (taking_) return absl::OkStatus();  // who takes will come to it
    taking_ = true;
    const absl::Status status = TakeWhatFollows();
    taking_ = false;
    return status;
  }

  // An item will never come: nobody waits for it any more. What comes before it is still taken.
  void Stop() {
    const absl::MutexLock lock(&mutex_);
    stopped_ = true;
    changed_.SignalAll();
  }

 private:
  absl::Status TakeWhatFollows() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    while (!waiting_.empty() && waiting_.begin()->first == next_) {
      Item item = std::move(waiting_.extract(waiting_.begin()).mapped());
      mutex_.Unlock();
      absl::Status status = take_(std::move(item));
      mutex_.Lock();
      if (!status.ok()) {
        failed_ = stopped_ = true;
        changed_.SignalAll();
        return status;
      }
      ++next_;
      changed_.SignalAll();
    }
    return absl::OkStatus();
  }

  const size_t ahead_;
  const Take take_;
  absl::Mutex mutex_;
  absl::CondVar changed_;
  std::map<size_t, Item> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  bool taking_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;  // `take_` did
};

}  // namespace onebyone
