#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/channel_security.h"

namespace onebyone {

// When a call that failed with UNAVAILABLE or RESOURCE_EXHAUSTED is made again. The channel does it (gRPC's service
// config), and obeys the server's grpc-retry-pushback-ms where there is one.
struct RetryPolicy {
  int max_attempts = 4;  // 1: never again; at most 5, gRPC's own bound
  absl::Duration initial_backoff = absl::Milliseconds(100);
  absl::Duration max_backoff = absl::Seconds(2);
  double backoff_multiplier = 2;
};

struct ClientOptions {
  std::string target;  // HOST:PORT, or a target as gRPC spells it: dns:///name:port, unix:/path
  absl::Duration deadline = absl::Seconds(60);  // of each call, its retries included
  int64_t max_send_bytes = int64_t{256} << 20;  // of one message; the server has a limit of its own
  int64_t max_receive_bytes = int64_t{1} << 30;
  RetryPolicy retry = {};
  ChannelSecurity security = {};

  // INVALID_ARGUMENT, naming the option, what is wanted and what it is.
  absl::Status Validate() const;
};

}  // namespace onebyone
