#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "inference/grpc_service.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/extraction.h"
#include "server/kserve/infer_request.h"

namespace onebyone {

// One ModelInfer call, from its arrival until gRPC has no more use for it; then it deletes itself. It is an extraction
// like any other, in other words.
class InferCall final : public grpc::ServerUnaryReactor {
 public:
  // Starts the extraction, or finishes the call with the reason why not. Finish is called exactly once.
  InferCall(grpc::CallbackServerContext& call, const inference::ModelInferRequest& request,
            inference::ModelInferResponse& response, ExtractionContext& context);

  void OnCancel() override { extraction_.Cancel(); }
  void OnDone() override { delete this; }

 private:
  absl::Status Start(const inference::ModelInferRequest& request);
  absl::Status Answer(const absl::Status& outcome);

  grpc::CallbackServerContext& call_;
  inference::ModelInferResponse& response_;
  ExtractionContext& context_;
  InferRequest request_;
  v1::ExtractFeaturesResponse features_;
  Extraction extraction_;
};

}  // namespace onebyone
