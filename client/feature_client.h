#pragma once

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cancellation.h"
#include "client/client_options.h"
#include "grpc/health/v1/health.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

struct CallOptions {
  absl::Duration deadline = absl::ZeroDuration();  // 0: the client's
  Cancellation* cancellation = nullptr;            // borrowed until the call has ended
};

// A channel to a onebyone server and the calls over it. One client serves a whole program: thread-safe, reconnects by
// itself, spreads calls over all addresses of the target.
//
// Errors are those of the call, with google.rpc details in words (rpc_status.h). UNAVAILABLE and RESOURCE_EXHAUSTED
// come back only after the retries of ClientOptions::retry; DEADLINE_EXCEEDED when the deadline passed, however often
// it was tried.
class FeatureClient {
 public:
  // Connects at the first call, not here. INVALID_ARGUMENT where the options do not validate.
  static absl::StatusOr<std::unique_ptr<FeatureClient>> Create(const ClientOptions& options);
  ~FeatureClient();

  // OK with one result per image, in the request's order; each result has a status of its own (StatusFromRpc): one
  // broken image does not fail the call. INTERNAL where the server answers with another number of results or of maps
  // than asked for.
  absl::StatusOr<v1::ExtractFeaturesResponse> ExtractFeatures(const v1::ExtractFeaturesRequest& request,
                                                              const CallOptions& options = {}) const;

  // The same without waiting: `done` is called exactly once, on a thread of gRPC's, and must not block it. The client
  // may be destroyed before.
  using Done = absl::AnyInvocable<void(absl::StatusOr<v1::ExtractFeaturesResponse>)>;
  void ExtractFeaturesAsync(v1::ExtractFeaturesRequest request, Done done, const CallOptions& options = {}) const;

  absl::StatusOr<v1::ListModelsResponse> ListModels(const CallOptions& options = {}) const;

  // NOT_FOUND where the server has no such model.
  absl::StatusOr<v1::GetModelResponse> GetModel(const v1::GetModelRequest& request,
                                                const CallOptions& options = {}) const;

  // The health of a service, or of the whole server for "". NOT_FOUND where the server does not know the service.
  using ServingStatus = grpc::health::v1::HealthCheckResponse::ServingStatus;
  absl::StatusOr<ServingStatus> Health(const std::string& service = "", const CallOptions& options = {}) const;

 private:
  struct Stubs;
  FeatureClient(const ClientOptions& options, std::shared_ptr<Stubs> stubs);

  const absl::Duration deadline_;
  const std::shared_ptr<Stubs> stubs_;  // shared with asynchronous calls that are on their way
};

}  // namespace onebyone
