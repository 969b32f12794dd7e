#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace onebyone {

// Lets threads that work on numbered tasks at once do a last part of each in the order of the numbers, from 0 on.
// Thread-safe. No thread may begin a task while one with a smaller number has not been begun.
class Turns {
 public:
  // Waits until every task before `index` has ended. False where one of them was given up: the turn never comes.
  bool Await(size_t index) {
    const absl::MutexLock lock(&mutex_);
    while (ended_ < index && index < given_up_) changed_.Wait(&mutex_);
    return index < given_up_;
  }
  // Ends task `index`, whose turn has come.
  void End(size_t index) {
    const absl::MutexLock lock(&mutex_);
    ended_ = index + 1;
    changed_.SignalAll();
  }
  // Task `index` and all behind it will not have their turns.
  void GiveUp(size_t index) {
    const absl::MutexLock lock(&mutex_);
    given_up_ = given_up_ < index ? given_up_ : index;
    changed_.SignalAll();
  }

 private:
  absl::Mutex mutex_;
  absl::CondVar changed_;
  size_t ended_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t given_up_ ABSL_GUARDED_BY(mutex_) = std::numeric_limits<size_t>::max();
};

}  // namespace onebyone
