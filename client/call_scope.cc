#include "client/call_scope.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace onebyone {

CallScope::CallScope(const CallOptions& options, const CallDefaults& defaults, Cancellation* client_end)
    : context_(std::make_shared<grpc::ClientContext>()), cancellations_{options.cancellation, client_end} {
  const absl::Duration deadline = options.deadline > absl::ZeroDuration() ? options.deadline : defaults.deadline;
  // A day at most: gRPC's arithmetic does not know infinity.
  context_->set_deadline(absl::ToChronoTime(absl::Now() + std::min(deadline, absl::Hours(24))));
  if (!defaults.authorization.empty()) context_->AddMetadata("authorization", defaults.authorization);
  for (Cancellation* cancellation : cancellations_) {
    if (cancellation != nullptr) cancellation->Add(context_);
  }
}

CallScope::~CallScope() {
  for (Cancellation* cancellation : cancellations_) {
    if (cancellation != nullptr) cancellation->Remove(context_);
  }
}

}  // namespace onebyone
