#include "client/call_scope.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace onebyone {

absl::Time DeadlineOf(const CallOptions& options, const CallDefaults& defaults) {
  const absl::Duration deadline = options.deadline > absl::ZeroDuration() ? options.deadline : defaults.deadline;
  // A day at most: gRPC's arithmetic does not know infinity.
  return absl::Now() + std::min(deadline, absl::Hours(24));
}

void PrepareContext(const CallDefaults& defaults, absl::Time deadline, grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(deadline));
  if (!defaults.authorization.empty()) context.AddMetadata("authorization", defaults.authorization);
}

CallScope::CallScope(const CallOptions& options, const CallDefaults& defaults, Cancellation* client_end)
    : call_(std::make_shared<Call>()), cancellations_{options.cancellation, client_end} {
  PrepareContext(defaults, DeadlineOf(options, defaults), call_->context);
  for (Cancellation* cancellation : cancellations_) {
    if (cancellation != nullptr) cancellation->Add(call_);
  }
}

CallScope::~CallScope() {
  for (Cancellation* cancellation : cancellations_) {
    if (cancellation != nullptr) cancellation->Remove(call_.get());
  }
}

}  // namespace onebyone
