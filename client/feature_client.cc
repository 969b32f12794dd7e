#include "client/feature_client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/call_scope.h"
#include "client/rpc_status.h"
#include "client/service_config.h"
#include "engine/base/status_macros.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "onebyone/v1/feature_extraction.grpc.pb.h"

namespace onebyone {
namespace {

// A client that waits for a server to start should see it soon after it listens; gRPC's own backoff grows to two
// minutes.
constexpr int kFirstReconnectMs = 100;
constexpr int kLongestReconnectMs = 1000;

std::shared_ptr<grpc::Channel> MakeChannel(const ClientOptions& options,
                                           const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(ServiceConfigJson(options.retry));
  arguments.SetMaxSendMessageSize(static_cast<int>(options.max_send_bytes));
  arguments.SetMaxReceiveMessageSize(static_cast<int>(options.max_receive_bytes));
  // A call whose message does not fit into this buffer (256 KiB unless told) is never retried: photographs are larger.
  arguments.SetInt(GRPC_ARG_PER_RPC_RETRY_BUFFER_SIZE, static_cast<int>(options.max_send_bytes));
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  if (!options.security.server_name.empty()) arguments.SetSslTargetNameOverride(options.security.server_name);
  return grpc::CreateCustomChannel(options.target, credentials, arguments);
}

// What the rest of the program relies on when it pairs results with images and maps with layers.
absl::Status CheckAnswer(const v1::ExtractFeaturesRequest& request, const v1::ExtractFeaturesResponse& response) {
  if (response.results_size() != request.images_size()) {
    return absl::InternalError(
        absl::StrCat("answer: want ", request.images_size(), " results, got ", response.results_size()));
  }
  const int maps = std::max(request.features_size(), 1);
  for (int i = 0; i < response.results_size(); ++i) {
    const v1::ImageResult& result = response.results(i);
    if (result.status().code() != 0) continue;
    // Without features asked for, the model's default layers come, however many they are.
    const bool fits = request.features_size() == 0 ? result.features_size() >= 1 : result.features_size() == maps;
    if (!fits) {
      return absl::InternalError(
          absl::StrCat("answer: results[", i, "]: want ", maps, " feature maps, got ", result.features_size()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

struct FeatureClient::Stubs {
  explicit Stubs(const std::shared_ptr<grpc::Channel>& channel) : features(channel), health(channel) {}
  v1::FeatureExtraction::Stub features;
  grpc::health::v1::Health::Stub health;
};

// A call that nobody waits for.
struct FeatureClient::AsyncCall {
  v1::ExtractFeaturesRequest request;
  v1::ExtractFeaturesResponse response;
  Done done;
  std::optional<CallScope> scope;
};

absl::StatusOr<std::unique_ptr<FeatureClient>> FeatureClient::Create(const ClientOptions& options) {
  RETURN_IF_ERROR(options.Validate());
  ASSIGN_OR_RETURN(ChannelSecrets secrets, ReadSecrets(options.security));
  auto stubs = std::make_unique<Stubs>(MakeChannel(options, secrets.credentials));
  return std::unique_ptr<FeatureClient>(
      new FeatureClient({options.deadline, std::move(secrets.authorization)}, std::move(stubs)));
}

FeatureClient::FeatureClient(CallDefaults defaults, std::unique_ptr<Stubs> stubs)
    : defaults_(std::move(defaults)), stubs_(std::move(stubs)) {}

// Whoever lets go of a gRPC channel joins the threads that run its callbacks, so none of these may be the last to hold
// it: every asynchronous call has to be over before.
FeatureClient::~FeatureClient() {
  ending_.Cancel();
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](int* under_way) { return *under_way == 0; }, &async_calls_));
}

absl::StatusOr<v1::ExtractFeaturesResponse> FeatureClient::ExtractFeatures(const v1::ExtractFeaturesRequest& request,
                                                                           const CallOptions& options) const {
  CallScope call(options, defaults_);
  v1::ExtractFeaturesResponse response;
  RETURN_IF_ERROR(StatusFromCall(stubs_->features.ExtractFeatures(call.context(), request, &response)));
  RETURN_IF_ERROR(CheckAnswer(request, response));
  return response;
}

void FeatureClient::ExtractFeaturesAsync(v1::ExtractFeaturesRequest request, Done done,
                                         const CallOptions& options) const {
  {
    absl::MutexLock lock(&mutex_);
    ++async_calls_;
  }
  auto call = std::make_shared<AsyncCall>();
  call->request = std::move(request);
  call->done = std::move(done);
  call->scope.emplace(options, defaults_, &ending_);
  stubs_->features.async()->ExtractFeatures(call->scope->context(), &call->request, &call->response,
                                            [this, call](const grpc::Status& status) { Answer(*call, status); });
}

void FeatureClient::Answer(AsyncCall& call, const grpc::Status& status) const {
  absl::Status outcome = StatusFromCall(status);
  call.scope.reset();  // the context holds the channel, and after `done` the cancellation may be gone
  if (outcome.ok()) outcome = CheckAnswer(call.request, call.response);
  if (outcome.ok()) {
    call.done(std::move(call.response));
  } else {
    call.done(std::move(outcome));
  }
  call.done = nullptr;
  absl::MutexLock lock(&mutex_);
  --async_calls_;  // the last touch: the client may be gone behind it
}

absl::StatusOr<v1::ListModelsResponse> FeatureClient::ListModels(const CallOptions& options) const {
  CallScope call(options, defaults_);
  v1::ListModelsResponse response;
  RETURN_IF_ERROR(StatusFromCall(stubs_->features.ListModels(call.context(), v1::ListModelsRequest(), &response)));
  return response;
}

absl::StatusOr<v1::GetModelResponse> FeatureClient::GetModel(const v1::GetModelRequest& request,
                                                             const CallOptions& options) const {
  CallScope call(options, defaults_);
  v1::GetModelResponse response;
  RETURN_IF_ERROR(StatusFromCall(stubs_->features.GetModel(call.context(), request, &response)));
  return response;
}

absl::StatusOr<FeatureClient::ServingStatus> FeatureClient::Health(const std::string& service,
                                                                   const CallOptions& options) const {
  CallScope call(options, defaults_);
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  grpc::health::v1::HealthCheckResponse response;
  RETURN_IF_ERROR(StatusFromCall(stubs_->health.Check(call.context(), request, &response)));
  return response.status();
}

}  // namespace onebyone
