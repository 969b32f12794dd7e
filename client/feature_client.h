#pragma once

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "client/call_options.h"
#include "client/client_options.h"
#include "grpc/health/v1/health.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone {

// A channel to one onebyone server or several and the calls over it. One client serves a whole program: thread-safe,
// reconnects by itself, spreads calls over all addresses of the target, and hedges where ClientOptions::hedge says so.
//
// Errors are those of the call, with google.rpc details in words (rpc_status.h). UNAVAILABLE and RESOURCE_EXHAUSTED
// come back only after the retries of ClientOptions::retry; DEADLINE_EXCEEDED when the deadline passed, however often
// it was tried; with hedging, what the server said is told at once where its wait would pass the deadline.
class FeatureClient {
 public:
  // Connects at the first call, not here; only the names of a list of servers are looked up. INVALID_ARGUMENT where the
  // options do not validate; UNAVAILABLE where a name of a list is not found; the errors of ReadSecrets.
  static absl::StatusOr<std::unique_ptr<FeatureClient>> Create(const ClientOptions& options);

  // Cancels the asynchronous calls that are under way and waits until their `done` has returned; so not to be run by a
  // `done`.
  ~FeatureClient();

  // OK with one result per image, in the request's order; each result has a status of its own (StatusFromRpc): one
  // broken image does not fail the call. INTERNAL where the server answers with another number of results or of maps
  // than asked for.
  absl::StatusOr<v1::ExtractFeaturesResponse> ExtractFeatures(const v1::ExtractFeaturesRequest& request,
                                                              const CallOptions& options = {}) const;

  // The same without waiting: `done` is called exactly once, on a thread of gRPC's that it must not block, or on that
  // which cancels the call.
  using Done = absl::AnyInvocable<void(absl::StatusOr<v1::ExtractFeaturesResponse>)>;
  void ExtractFeaturesAsync(v1::ExtractFeaturesRequest request, Done done, const CallOptions& options = {}) const;

  absl::StatusOr<v1::ListModelsResponse> ListModels(const CallOptions& options = {}) const;

  // NOT_FOUND where the server has no such model.
  absl::StatusOr<v1::GetModelResponse> GetModel(const v1::GetModelRequest& request,
                                                const CallOptions& options = {}) const;

  // The health of a service, or of the whole server for "". NOT_FOUND where the server does not know the service.
  using ServingStatus = grpc::health::v1::HealthCheckResponse::ServingStatus;
  absl::StatusOr<ServingStatus> Health(const std::string& service = "", const CallOptions& options = {}) const;

  // All zero without hedging.
  HedgeCounts hedge_counts() const;

 private:
  struct Internals;
  struct AsyncCall;
  explicit FeatureClient(std::unique_ptr<Internals> internals);

  const std::unique_ptr<Internals> internals_;
};

}  // namespace onebyone
