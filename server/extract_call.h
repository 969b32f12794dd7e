#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include "onebyone/v1/feature_extraction.pb.h"
#include "server/caller.h"
#include "server/extraction.h"
#include "server/intake/intake.h"
#include "server/intake/unary_call.h"

namespace onebyone {

// The connection that the call came over, and the deadline that the client set.
Caller CallerOf(const grpc::CallbackServerContext& context);

// One ExtractFeatures call.
class ExtractCall final : public UnaryCall {
 public:
  ExtractCall(grpc::CallbackServerContext& call, grpc::ByteBuffer& answer, ExtractionContext& context, Intake& intake);

 private:
  // Starts the extraction, or finishes the call with the reason why not.
  void Begin(grpc::ByteBuffer message) override;
  void Cancel() override { extraction_.Cancel(); }
  absl::Status Start(grpc::ByteBuffer message);
  void Answer(const absl::Status& outcome);

  grpc::ByteBuffer& answer_;
  const MessageRule& rule_;
  v1::ExtractFeaturesRequest request_;
  v1::ExtractFeaturesResponse response_;
  Extraction extraction_;
};

}  // namespace onebyone
