#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include "inference/grpc_service.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/extraction.h"
#include "server/intake/intake.h"
#include "server/intake/unary_call.h"
#include "server/kserve/infer_request.h"

namespace onebyone {

// One ModelInfer call. It is an extraction like any other, in other words.
class InferCall final : public UnaryCall {
 public:
  InferCall(grpc::CallbackServerContext& call, grpc::ByteBuffer& answer, ExtractionContext& context, Intake& intake);

 private:
  // Starts the extraction, or finishes the call with the reason why not.
  void Begin(grpc::ByteBuffer message) override;
  void Cancel() override { extraction_.Cancel(); }
  absl::Status Start(grpc::ByteBuffer message);
  absl::Status Read(grpc::ByteBuffer message);
  absl::Status Answer(const absl::Status& outcome);

  grpc::ByteBuffer& answer_;
  ExtractionContext& context_;
  const MessageRule& rule_;
  inference::ModelInferRequest message_;
  InferRequest request_;  // borrows from it
  v1::ExtractFeaturesResponse features_;
  Extraction extraction_;
};

}  // namespace onebyone
