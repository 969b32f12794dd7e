#include "client/feature_client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/notification.h"
#include "client/call_scope.h"
#include "client/calls_under_way.h"
#include "client/hedged_call.h"
#include "client/hedging.h"
#include "client/rpc_status.h"
#include "client/service_config.h"
#include "client/target.h"
#include "engine/base/status_macros.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "onebyone/v1/feature_extraction.grpc.pb.h"

namespace onebyone {
namespace {

// A client that waits for a server to start should see it soon after it listens; gRPC's own backoff grows to two
// minutes.
constexpr int kFirstReconnectMs = 100;
constexpr int kLongestReconnectMs = 1000;

grpc::ChannelArguments ArgumentsOf(const ClientOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(ServiceConfigJson(options));
  arguments.SetMaxSendMessageSize(static_cast<int>(options.max_send_bytes));
  arguments.SetMaxReceiveMessageSize(static_cast<int>(options.max_receive_bytes));
  // A call whose message does not fit into this buffer (256 KiB unless told) is never retried: photographs are larger.
  arguments.SetInt(GRPC_ARG_PER_RPC_RETRY_BUFFER_SIZE, static_cast<int>(options.max_send_bytes));
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  if (!options.security.server_name.empty()) arguments.SetSslTargetNameOverride(options.security.server_name);
  // Of a list gRPC would make one long authority, which neither certificates nor proxies know.
  if (IsServerList(options.target) && options.security.server_name.empty()) {
    const absl::string_view target = options.target;
    arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, std::string(target.substr(0, target.find(','))));
  }
  return arguments;
}

struct Asked {
  explicit Asked(const v1::ExtractFeaturesRequest& request)
      : images(request.images_size()), features(request.features_size()) {}
  int images;
  int features;  // 0: the model's default layers come, however many they are
};

// What the rest of the program relies on when it pairs results with images and maps with layers.
absl::Status CheckAnswer(const Asked& asked, const v1::ExtractFeaturesResponse& response) {
  if (response.results_size() != asked.images) {
    return absl::InternalError(absl::StrCat("answer: want ", asked.images, " results, got ", response.results_size()));
  }
  const int maps = std::max(asked.features, 1);
  for (int i = 0; i < response.results_size(); ++i) {
    const v1::ImageResult& result = response.results(i);
    if (result.status().code() != 0) continue;
    const bool fits = asked.features == 0 ? result.features_size() >= 1 : result.features_size() == maps;
    if (!fits) {
      return absl::InternalError(
          absl::StrCat("answer: results[", i, "]: want ", maps, " feature maps, got ", result.features_size()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ExtractFeaturesResponse> Checked(const Asked& asked,
                                                    absl::StatusOr<v1::ExtractFeaturesResponse> answer) {
  if (!answer.ok()) return answer;
  RETURN_IF_ERROR(CheckAnswer(asked, *answer));
  return answer;
}

}  // namespace

struct FeatureClient::Internals {
  Internals(const ClientOptions& options, std::string authorization, const std::shared_ptr<grpc::Channel>& channel,
            const std::shared_ptr<grpc::Channel>& health_channel)
      : defaults{options.deadline, std::move(authorization)},
        retry(options.retry),
        features(channel),
        health(health_channel) {
    if (options.hedge.enabled()) hedging.emplace(options.hedge);
  }

  HedgedCalls hedged_calls() {
    return {.features = features, .defaults = defaults, .retry = retry, .hedging = *hedging, .under_way = under_way};
  }

  const CallDefaults defaults;
  const RetryPolicy retry;
  v1::FeatureExtraction::Stub features;
  grpc::health::v1::Health::Stub health;
  std::optional<Hedging> hedging;  // never changes whether it is there
  Cancellation ending;
  CallsUnderWay under_way;  // the asynchronous ones, until nothing of them is left that holds the channel
};

// A call that nobody waits for, and that is not hedged.
struct FeatureClient::AsyncCall {
  AsyncCall(CallsUnderWay::Ticket begun, v1::ExtractFeaturesRequest asked, Done done_)
      : ticket(std::move(begun)), request(std::move(asked)), done(std::move(done_)) {}

  void Answer(const grpc::Status& status) {
    const absl::Status outcome = StatusFromCall(status);
    scope.reset();  // behind `done` the cancellation may be gone
    if (outcome.ok()) {
      done(Checked(Asked(request), std::move(response)));
    } else {
      done(outcome);
    }
    done = nullptr;
  }

  const CallsUnderWay::Ticket ticket;  // destroyed last: behind it the client may be gone
  const v1::ExtractFeaturesRequest request;
  v1::ExtractFeaturesResponse response;
  Done done;
  std::optional<CallScope> scope;
};

absl::StatusOr<std::unique_ptr<FeatureClient>> FeatureClient::Create(const ClientOptions& options) {
  RETURN_IF_ERROR(options.Validate());
  ASSIGN_OR_RETURN(ChannelSecrets secrets, ReadSecrets(options.security));
  std::string target = options.target;
  if (IsServerList(target)) {
    ASSIGN_OR_RETURN(target, ResolveList(target));
  }
  grpc::ChannelArguments arguments = ArgumentsOf(options);
  const auto channel = grpc::CreateCustomChannel(target, secrets.credentials, arguments);
  auto health_channel = channel;
  if (options.health_check) {
    // How a server is that does not serve can be asked too.
    arguments.SetInt(GRPC_ARG_INHIBIT_HEALTH_CHECKING, 1);
    health_channel = grpc::CreateCustomChannel(target, secrets.credentials, arguments);
  }
  auto internals = std::make_unique<Internals>(options, std::move(secrets.authorization), channel, health_channel);
  return std::unique_ptr<FeatureClient>(new FeatureClient(std::move(internals)));
}

FeatureClient::FeatureClient(std::unique_ptr<Internals> internals) : internals_(std::move(internals)) {}

// Whoever lets go of a gRPC channel joins the threads that run its callbacks, so none of these may be the last to hold
// it: every asynchronous call has to be over before.
FeatureClient::~FeatureClient() {
  internals_->ending.Cancel();
  internals_->under_way.AwaitNone();
}

absl::StatusOr<v1::ExtractFeaturesResponse> FeatureClient::ExtractFeatures(const v1::ExtractFeaturesRequest& request,
                                                                           const CallOptions& options) const {
  if (internals_->hedging.has_value()) {
    absl::StatusOr<v1::ExtractFeaturesResponse> answer = absl::UnknownError("no answer");
    absl::Notification answered;
    const auto take = [&](absl::StatusOr<v1::ExtractFeaturesResponse> first) {
      answer = std::move(first);
      answered.Notify();
    };
    // Its own copy of the request: the attempt that lost may end after the answer.
    HedgedCall::Start(internals_->hedged_calls(), request, take, options, nullptr);
    answered.WaitForNotification();
    return Checked(Asked(request), std::move(answer));
  }
  CallScope call(options, internals_->defaults);
  v1::ExtractFeaturesResponse response;
  RETURN_IF_ERROR(StatusFromCall(internals_->features.ExtractFeatures(call.context(), request, &response)));
  return Checked(Asked(request), std::move(response));
}

void FeatureClient::ExtractFeaturesAsync(v1::ExtractFeaturesRequest request, Done done,
                                         const CallOptions& options) const {
  if (internals_->hedging.has_value()) {
    auto check = [asked = Asked(request), done = std::move(done)](auto answer) mutable {
      done(Checked(asked, std::move(answer)));
    };
    return HedgedCall::Start(internals_->hedged_calls(), std::move(request), std::move(check), options,
                             &internals_->ending);
  }
  auto call = std::make_shared<AsyncCall>(internals_->under_way.Begin(), std::move(request), std::move(done));
  call->scope.emplace(options, internals_->defaults, &internals_->ending);
  internals_->features.async()->ExtractFeatures(call->scope->context(), &call->request, &call->response,
                                                [call](const grpc::Status& status) { call->Answer(status); });
}

absl::StatusOr<v1::ListModelsResponse> FeatureClient::ListModels(const CallOptions& options) const {
  CallScope call(options, internals_->defaults);
  v1::ListModelsResponse response;
  RETURN_IF_ERROR(StatusFromCall(internals_->features.ListModels(call.context(), v1::ListModelsRequest(), &response)));
  return response;
}

absl::StatusOr<v1::GetModelResponse> FeatureClient::GetModel(const v1::GetModelRequest& request,
                                                             const CallOptions& options) const {
  CallScope call(options, internals_->defaults);
  v1::GetModelResponse response;
  RETURN_IF_ERROR(StatusFromCall(internals_->features.GetModel(call.context(), request, &response)));
  return response;
}

absl::StatusOr<FeatureClient::ServingStatus> FeatureClient::Health(const std::string& service,
                                                                   const CallOptions& options) const {
  CallScope call(options, internals_->defaults);
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  grpc::health::v1::HealthCheckResponse response;
  RETURN_IF_ERROR(StatusFromCall(internals_->health.Check(call.context(), request, &response)));
  return response.status();
}

HedgeCounts FeatureClient::hedge_counts() const {
  return internals_->hedging.has_value() ? internals_->hedging->counts() : HedgeCounts();
}

}  // namespace onebyone
