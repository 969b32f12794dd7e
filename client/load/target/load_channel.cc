#include "client/load/target/load_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/channel_security.h"
#include "client/target.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

// A server that comes back should be found soon: gRPC's own backoff grows to two minutes.
constexpr int kFirstReconnectMs = 100;
constexpr int kLongestReconnectMs = 1000;
constexpr int kUnlimited = -1;

// Of any service: targets speak other protocols too (client/service_config.h is for ours).
std::string ServiceConfig(const RetryPolicy& policy) {
  std::string retry;
  if (policy.max_attempts > 1) {
    retry = absl::StrFormat(R"(,"methodConfig":[{"name":[{}],"retryPolicy":{"maxAttempts":%d,"initialBackoff":"%.3fs",)"
                            R"("maxBackoff":"%.3fs","backoffMultiplier":%g,)"
                            R"("retryableStatusCodes":["UNAVAILABLE","RESOURCE_EXHAUSTED"]}}])",
                            policy.max_attempts, absl::ToDoubleSeconds(policy.initial_backoff),
                            absl::ToDoubleSeconds(policy.max_backoff), policy.backoff_multiplier);
  }
  return absl::StrCat(R"({"loadBalancingConfig":[{"round_robin":{}}])", retry, "}");
}

}  // namespace

absl::StatusOr<LoadChannels> MakeLoadChannels(const ClientOptions& options, int connections) {
  RETURN_IF_ERROR(options.Validate());
  ASSIGN_OR_RETURN(ChannelSecrets secrets, ReadSecrets(options.security));
  std::string target = options.target;
  if (IsServerList(target)) {
    ASSIGN_OR_RETURN(target, ResolveList(target));
  }
  LoadChannels made;
  made.authorization = std::move(secrets.authorization);
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(ServiceConfig(options.retry));
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, options.retry.max_attempts > 1 ? 1 : 0);
  arguments.SetInt(GRPC_ARG_PER_RPC_RETRY_BUFFER_SIZE, static_cast<int>(options.max_send_bytes));
  arguments.SetMaxSendMessageSize(kUnlimited);
  arguments.SetMaxReceiveMessageSize(kUnlimited);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // each channel has connections of its own
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  if (!options.security.server_name.empty()) arguments.SetSslTargetNameOverride(options.security.server_name);
  // Of a list gRPC would make one long authority, which neither certificates nor proxies know.
  if (IsServerList(options.target) && options.security.server_name.empty()) {
    arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, options.target.substr(0, options.target.find(',')));
  }
  for (int i = 0; i < connections; ++i) {
    made.channels.push_back(grpc::CreateCustomChannel(target, secrets.credentials, arguments));
  }
  return made;
}

}  // namespace onebyone
