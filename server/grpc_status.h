#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace grpc {
class CallbackServerContext;
}

namespace onebyone {

// The status of an RPC: same code, message cut to 1,024 bytes, details in `grpc-status-details-bin`.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The same, and adds to `context` the trailer `grpc-retry-pushback-ms` where the status tells when to try again; -1
// ("do not try again") with DEADLINE_EXCEEDED. Call it once, before Finish.
grpc::Status FinishingStatus(const absl::Status& status, grpc::CallbackServerContext& context);

}  // namespace onebyone
