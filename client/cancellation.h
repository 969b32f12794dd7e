#pragma once

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"

namespace onebyone {
// The engine has a Cancellation of its own (of running networks); a program may link both.
inline namespace calls {

// Work that can be ended before its time.
class Cancellable {
 public:
  virtual ~Cancellable() = default;
  // On any thread, perhaps more than once, and perhaps when the work has ended.
  virtual void Cancel() = 0;
};

// Ends calls before their time. Cancel() makes every call that was started with this object, and every later one, end
// with CANCELLED. Thread-safe; must outlive the calls.
class Cancellation {
 public:
  void Cancel();
  bool cancelled() const;

  // For FeatureClient: `work` is cancelled by Cancel() from Add to Remove; at once where Cancel() came first.
  void Add(const std::shared_ptr<Cancellable>& work);
  void Remove(const Cancellable* work);

 private:
  mutable absl::Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<std::shared_ptr<Cancellable>> works_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace calls
}  // namespace onebyone
