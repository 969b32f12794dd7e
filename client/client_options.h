#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/channel_security.h"
#include "client/hedge_policy.h"

namespace onebyone {

// When a call that failed with UNAVAILABLE or RESOURCE_EXHAUSTED is made again. The channel does it (gRPC's service
// config), or with hedging the client by the same rules; the server's grpc-retry-pushback-ms is obeyed where there is
// one.
struct RetryPolicy {
  int max_attempts = 4;  // 1: never again; at most 5, gRPC's own bound
  absl::Duration initial_backoff = absl::Milliseconds(100);
  absl::Duration max_backoff = absl::Seconds(2);
  double backoff_multiplier = 2;
};

struct ClientOptions {
  // HOST:PORT; several with commas between (names and addresses, looked up when the client is made); or a target as
  // gRPC spells it: dns:///name:port, ipv4:1.2.3.4:5,1.2.3.5:5, unix:/path. Calls go round over all addresses.
  std::string target = {};
  absl::Duration deadline = absl::Seconds(60);  // of each call, its retries included
  int64_t max_send_bytes = int64_t{256} << 20;  // of one message; the server has a limit of its own
  int64_t max_receive_bytes = int64_t{1} << 30;
  RetryPolicy retry = {};
  HedgePolicy hedge = {};
  // Watches the health of onebyone.v1.FeatureExtraction at each address and asks only those that serve: a server that
  // drains gets no more calls. One that does not know health checks counts as serving.
  bool health_check = false;
  ChannelSecurity security = {};

  // INVALID_ARGUMENT, naming the option, what is wanted and what it is.
  absl::Status Validate() const;
};

}  // namespace onebyone
