#include "client/cancellation.h"

#include <utility>

namespace onebyone {
inline namespace calls {

void Cancellation::Cancel() {
  absl::flat_hash_set<std::shared_ptr<Cancellable>> works;
  {
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
    works = std::exchange(works_, {});
  }
  // Outside the lock: gRPC may run the callback of an asynchronous call, which calls Remove, on this thread.
  for (const auto& work : works) work->Cancel();
}

bool Cancellation::cancelled() const {
  absl::MutexLock lock(&mutex_);
  return cancelled_;
}

void Cancellation::Add(const std::shared_ptr<Cancellable>& work) {
  {
    absl::MutexLock lock(&mutex_);
    if (!cancelled_) {
      works_.insert(work);
      return;
    }
  }
  work->Cancel();
}

void Cancellation::Remove(const Cancellable* work) {
  absl::MutexLock lock(&mutex_);
  works_.erase(work);
}

}  // namespace calls
}  // namespace onebyone
