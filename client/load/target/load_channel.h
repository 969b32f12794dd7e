#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/client_options.h"

namespace onebyone {

// "10.0.0.1:50051,10.0.0.2:50051" as one gRPC target over all these addresses; a single address or target stays as it
// is. INVALID_ARGUMENT where one of several is a name: gRPC takes one name (dns:///NAME:PORT, with all its addresses)
// or numbers.
absl::StatusOr<std::string> TargetOf(absl::string_view addresses);

// Connections of their own to options.target, calls going round over its addresses. One attempt a call unless
// options.retry has more: a load test that retries unseen measures something else. The errors of ReadSecrets.
struct LoadChannels {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  std::string authorization;  // each call's header of that name; empty: none
};
absl::StatusOr<LoadChannels> MakeLoadChannels(const ClientOptions& options, int connections);

}  // namespace onebyone
