#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "onebyone/v1/feature_extraction.pb.h"
#include "server/caller.h"
#include "server/extraction.h"

namespace onebyone {

// The connection that the call came over, and the deadline that the client set.
Caller CallerOf(const grpc::CallbackServerContext& context);

// One ExtractFeatures call, from its arrival until gRPC has no more use for it; then it deletes itself.
class ExtractCall final : public grpc::ServerUnaryReactor {
 public:
  // Starts the extraction, or finishes the call with the reason why not. Finish is called exactly once.
  ExtractCall(grpc::CallbackServerContext& call, const v1::ExtractFeaturesRequest& request, grpc::ByteBuffer& answer,
              ExtractionContext& context);

  void OnCancel() override { extraction_.Cancel(); }
  void OnDone() override { delete this; }

 private:
  void Answer(const absl::Status& outcome);

  grpc::CallbackServerContext& call_;
  grpc::ByteBuffer& answer_;
  v1::ExtractFeaturesResponse response_;
  Extraction extraction_;
};

}  // namespace onebyone
