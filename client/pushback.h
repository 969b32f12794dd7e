#pragma once

#include <optional>

#include "absl/time/time.h"

namespace grpc {
class ClientContext;
}

namespace onebyone {

// When a server wants to be asked again, by the trailer grpc-retry-pushback-ms of a call that has ended.
struct Pushback {
  bool never = false;                  // a negative or broken number says so
  std::optional<absl::Duration> wait;  // nothing: the server did not say
};

Pushback PushbackOf(const grpc::ClientContext& context);

}  // namespace onebyone
