#pragma once

#include <grpcpp/client_context.h>

#include <array>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "client/call_options.h"
#include "client/cancellation.h"

namespace onebyone {

// What the calls of a client have in common.
struct CallDefaults {
  absl::Duration deadline;    // unless a call has its own
  std::string authorization;  // the header of that name; empty: none
};

// When a call that begins now has to be over.
absl::Time DeadlineOf(const CallOptions& options, const CallDefaults& defaults);

// Gives a fresh context what every call has.
void PrepareContext(const CallDefaults& defaults, absl::Time deadline, grpc::ClientContext& context);

// The context of one call, known to those who may cancel it for as long as the call lasts.
class CallScope {
 public:
  // `client_end`: what cancels the calls of a client that ends; nullptr for calls that somebody waits for.
  CallScope(const CallOptions& options, const CallDefaults& defaults, Cancellation* client_end = nullptr);
  ~CallScope();
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  grpc::ClientContext* context() { return &call_->context; }

 private:
  struct Call : Cancellable {
    void Cancel() override { context.TryCancel(); }
    grpc::ClientContext context;
  };

  const std::shared_ptr<Call> call_;
  const std::array<Cancellation*, 2> cancellations_;  // or nullptr
};

}  // namespace onebyone
