#pragma once

#include <grpcpp/client_context.h>

#include <array>
#include <memory>

#include "client/call_options.h"
#include "client/cancellation.h"

namespace onebyone {

// The context of one call, known to those who may cancel it for as long as the call lasts.
class CallScope {
 public:
  // `client_end`: what cancels the calls of a client that ends; nullptr for calls that somebody waits for.
  CallScope(const CallOptions& options, const CallDefaults& defaults, Cancellation* client_end = nullptr);
  ~CallScope();
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  grpc::ClientContext* context() { return context_.get(); }

 private:
  const std::shared_ptr<grpc::ClientContext> context_;
  const std::array<Cancellation*, 2> cancellations_;  // or nullptr
};

}  // namespace onebyone
