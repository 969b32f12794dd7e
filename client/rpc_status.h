#pragma once

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace grpc {
class Status;
}

namespace onebyone {

// An error with its google.rpc details in words: every violated field with what was wanted and got, the missing
// resource, when to try again. What the message says already is not said twice. Each detail is kept as a payload too,
// under its type URL, for programs that act on it. A code that gRPC does not know becomes UNKNOWN.
absl::Status StatusFromRpc(const google::rpc::Status& status);

// The same for the outcome of a call; the details come from the trailer grpc-status-details-bin, and are left out where
// it is broken.
absl::Status StatusFromCall(const grpc::Status& status);

}  // namespace onebyone
