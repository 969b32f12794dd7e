#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/call_options.h"
#include "client/cancellation.h"
#include "client/client_options.h"
#include "grpc/health/v1/health.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace grpc {
class Status;
}

namespace onebyone {

// A channel to a onebyone server and the calls over it. One client serves a whole program: thread-safe, reconnects by
// itself, spreads calls over all addresses of the target.
//
// Errors are those of the call, with google.rpc details in words (rpc_status.h). UNAVAILABLE and RESOURCE_EXHAUSTED
// come back only after the retries of ClientOptions::retry; DEADLINE_EXCEEDED when the deadline passed, however often
// it was tried.
class FeatureClient {
 public:
  // Connects at the first call, not here. INVALID_ARGUMENT where the options do not validate; the errors
  // of ReadSecrets.
  static absl::StatusOr<std::unique_ptr<FeatureClient>> Create(const ClientOptions& options);

  // Cancels the asynchronous calls that are under way and waits until their `done` has returned; so not to be run by a
  // `done`.
  ~FeatureClient();

  // OK with one result per image, in the request's order; each result has a status of its own (StatusFromRpc): one
  // broken image does not fail the call. INTERNAL where the server answers with another number of results or of maps
  // than asked for.
  absl::StatusOr<v1::ExtractFeaturesResponse> ExtractFeatures(const v1::ExtractFeaturesRequest& request,
                                                              const CallOptions& options = {}) const;

  // The same without waiting: `done` is called exactly once, on a thread of gRPC's that it must not block.
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
  struct AsyncCall;
  FeatureClient(CallDefaults defaults, std::unique_ptr<Stubs> stubs);
  void Answer(AsyncCall& call, const grpc::Status& status) const;

  const CallDefaults defaults_;
  const std::unique_ptr<Stubs> stubs_;
  mutable Cancellation ending_;
  mutable absl::Mutex mutex_;
  mutable int async_calls_ ABSL_GUARDED_BY(mutex_) = 0;  // whose `done` has not returned
};

}  // namespace onebyone
