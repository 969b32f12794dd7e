#include "client/feature_client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
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

std::shared_ptr<grpc::Channel> MakeChannel(const ClientOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(ServiceConfigJson(options.retry));
  arguments.SetMaxSendMessageSize(static_cast<int>(options.max_send_bytes));
  arguments.SetMaxReceiveMessageSize(static_cast<int>(options.max_receive_bytes));
  // A call whose message does not fit into this buffer (256 KiB unless told) is never retried: photographs are larger.
  arguments.SetInt(GRPC_ARG_PER_RPC_RETRY_BUFFER_SIZE, static_cast<int>(options.max_send_bytes));
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  return grpc::CreateCustomChannel(options.target, grpc::InsecureChannelCredentials(), arguments);
}

// A call's context, known to its cancellation for as long as the call lasts.
class CallScope {
 public:
  CallScope(const CallOptions& options, absl::Duration default_deadline)
      : context_(std::make_shared<grpc::ClientContext>()), cancellation_(options.cancellation) {
    const absl::Duration deadline = options.deadline > absl::ZeroDuration() ? options.deadline : default_deadline;
    // A day at most: gRPC's arithmetic does not know infinity.
    context_->set_deadline(absl::ToChronoTime(absl::Now() + std::min(deadline, absl::Hours(24))));
    if (cancellation_ != nullptr) cancellation_->Add(context_);
  }
  ~CallScope() {
    if (cancellation_ != nullptr) cancellation_->Remove(context_);
  }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  grpc::ClientContext* context() { return context_.get(); }

 private:
  const std::shared_ptr<grpc::ClientContext> context_;
  Cancellation* const cancellation_;
};

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

absl::StatusOr<std::unique_ptr<FeatureClient>> FeatureClient::Create(const ClientOptions& options) {
  RETURN_IF_ERROR(options.Validate());
  return std::unique_ptr<FeatureClient>(new FeatureClient(options, std::make_shared<Stubs>(MakeChannel(options))));
}

FeatureClient::FeatureClient(const ClientOptions& options, std::shared_ptr<Stubs> stubs)
    : deadline_(options.deadline), stubs_(std::move(stubs)) {}

FeatureClient::~FeatureClient() = default;

absl::StatusOr<v1::ExtractFeaturesResponse> FeatureClient::ExtractFeatures(const v1::ExtractFeaturesRequest& request,
                                                                           const CallOptions& options) const {
  CallScope call(options, deadline_);
  v1::ExtractFeaturesResponse response;
  RETURN_IF_ERROR(StatusFromCall(stubs_->features.ExtractFeatures(call.context(), request, &response)));
  RETURN_IF_ERROR(CheckAnswer(request, response));
  return response;
}

void FeatureClient::ExtractFeaturesAsync(v1::ExtractFeaturesRequest request, Done done,
                                         const CallOptions& options) const {
  struct Call {
    Call(v1::ExtractFeaturesRequest asked, Done callback, std::shared_ptr<Stubs> shared,
         const CallOptions& call_options, absl::Duration deadline)
        : request(std::move(asked)), done(std::move(callback)), stubs(std::move(shared)) {
      scope.emplace(call_options, deadline);
    }
    v1::ExtractFeaturesRequest request;
    v1::ExtractFeaturesResponse response;
    Done done;
    std::shared_ptr<Stubs> stubs;
    std::optional<CallScope> scope;
  };
  auto call = std::make_shared<Call>(std::move(request), std::move(done), stubs_, options, deadline_);
  call->stubs->features.async()->ExtractFeatures(
      call->scope->context(), &call->request, &call->response, [call](const grpc::Status& status) {
        absl::Status outcome = StatusFromCall(status);
        call->scope.reset();  // before `done`, after which the cancellation may be gone
        if (outcome.ok()) outcome = CheckAnswer(call->request, call->response);
        if (!outcome.ok()) return call->done(std::move(outcome));
        call->done(std::move(call->response));
      });
}

absl::StatusOr<v1::ListModelsResponse> FeatureClient::ListModels(const CallOptions& options) const {
  CallScope call(options, deadline_);
  v1::ListModelsResponse response;
  RETURN_IF_ERROR(StatusFromCall(stubs_->features.ListModels(call.context(), v1::ListModelsRequest(), &response)));
  return response;
}

absl::StatusOr<v1::GetModelResponse> FeatureClient::GetModel(const v1::GetModelRequest& request,
                                                             const CallOptions& options) const {
  CallScope call(options, deadline_);
  v1::GetModelResponse response;
  RETURN_IF_ERROR(StatusFromCall(stubs_->features.GetModel(call.context(), request, &response)));
  return response;
}

absl::StatusOr<FeatureClient::ServingStatus> FeatureClient::Health(const std::string& service,
                                                                   const CallOptions& options) const {
  CallScope call(options, deadline_);
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  grpc::health::v1::HealthCheckResponse response;
  RETURN_IF_ERROR(StatusFromCall(stubs_->health.Check(call.context(), request, &response)));
  return response.status();
}

}  // namespace onebyone
