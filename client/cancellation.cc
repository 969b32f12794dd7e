#include "client/cancellation.h"

#include <grpcpp/client_context.h>

#include <utility>

namespace onebyone {

void Cancellation::Cancel() {
  absl::flat_hash_set<std::shared_ptr<grpc::ClientContext>> contexts;
  {
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
    contexts = std::exchange(contexts_, {});
  }
  // Outside the lock: gRPC may run the callback of an asynchronous call, which calls Remove, on this thread.
  for (const auto& context : contexts) context->TryCancel();
}

bool Cancellation::cancelled() const {
  absl::MutexLock lock(&mutex_);
  return cancelled_;
}

void Cancellation::Add(const std::shared_ptr<grpc::ClientContext>& context) {
  {
    absl::MutexLock lock(&mutex_);
    if (!cancelled_) {
      contexts_.insert(context);
      return;
    }
  }
  context->TryCancel();
}

void Cancellation::Remove(const std::shared_ptr<grpc::ClientContext>& context) {
  absl::MutexLock lock(&mutex_);
  contexts_.erase(context);
}

}  // namespace onebyone
