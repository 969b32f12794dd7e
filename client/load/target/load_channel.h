#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/client_options.h"

namespace onebyone {

// Connections of their own to options.target, calls going round over its addresses. One attempt a call unless
// options.retry has more: a load test that retries unseen measures something else. The errors of ReadSecrets and of
// ResolveList.
struct LoadChannels {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  std::string authorization;  // each call's header of that name; empty: none
};
absl::StatusOr<LoadChannels> MakeLoadChannels(const ClientOptions& options, int connections);

}  // namespace onebyone
