#pragma once

#include <atomic>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "inference/grpc_service.pb.h"
#include "server/extraction.h"
#include "server/intake/intake.h"
#include "server/intake/streamed_service.h"

namespace onebyone {

// inference.GRPCInferenceService, KServe v2: the same extractions as FeatureService, in the words of that protocol
// (proto/README.md). Runs on gRPC's threads and does no image work there. `context` and `intake` must outlive it.
// Thread-safe.
class KserveService final : public StreamedService {
 public:
  KserveService(ExtractionContext& context, Intake& intake);

  // From now on neither the server nor a model is ready.
  void SetDraining() { draining_ = true; }

 private:
  template <typename Request, typename Response>
  using Method = absl::Status (KserveService::*)(const Request& request, Response& response) const;
  template <typename Request, typename Response>
  void AddQuery(absl::string_view method, Method<Request, Response> fill);

  absl::Status ServerLive(const inference::ServerLiveRequest& request, inference::ServerLiveResponse& response) const;
  absl::Status ServerReady(const inference::ServerReadyRequest& request,
                           inference::ServerReadyResponse& response) const;
  absl::Status ModelReady(const inference::ModelReadyRequest& request, inference::ModelReadyResponse& response) const;
  absl::Status ServerMetadata(const inference::ServerMetadataRequest& request,
                              inference::ServerMetadataResponse& response) const;
  absl::Status ModelMetadata(const inference::ModelMetadataRequest& request,
                             inference::ModelMetadataResponse& response) const;
  absl::Status ModelConfig(const inference::ModelConfigRequest& request,
                           inference::ModelConfigResponse& response) const;
  absl::Status ModelStatistics(const inference::ModelStatisticsRequest& request,
                               inference::ModelStatisticsResponse& response) const;

  ExtractionContext& context_;
  Intake& intake_;
  std::atomic<bool> draining_ = false;
};

}  // namespace onebyone
