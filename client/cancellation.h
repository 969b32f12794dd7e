#pragma once

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"

namespace grpc {
class ClientContext;
}

namespace onebyone {

// Ends calls before their time. Cancel() makes every call that was started with this object, and every later one, end
// with CANCELLED. Thread-safe; must outlive the calls.
class Cancellation {
 public:
  void Cancel();
  bool cancelled() const;

  // For FeatureClient: `context` is cancelled by Cancel() from Add to Remove; at once where Cancel() came first.
  void Add(const std::shared_ptr<grpc::ClientContext>& context);
  void Remove(const std::shared_ptr<grpc::ClientContext>& context);

 private:
  mutable absl::Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<std::shared_ptr<grpc::ClientContext>> contexts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
