#pragma once

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace onebyone {

// Counts asynchronous calls, so that a client can wait for the last. Thread-safe.
class CallsUnderWay {
 public:
  // One call, from Begin to its destructor, behind which the counter may be gone.
  class Ticket {
   public:
    explicit Ticket(CallsUnderWay* calls) : calls_(calls) {}
    Ticket(Ticket&& other) noexcept : calls_(std::exchange(other.calls_, nullptr)) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() {
      if (calls_ != nullptr) calls_->End();
    }

   private:
    CallsUnderWay* calls_;
  };

  Ticket Begin() {
    absl::MutexLock lock(&mutex_);
    ++count_;
    return Ticket(this);
  }

  void AwaitNone() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](int* count) { return *count == 0; }, &count_));
  }

 private:
  void End() {
    absl::MutexLock lock(&mutex_);
    --count_;
  }

  absl::Mutex mutex_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace onebyone
