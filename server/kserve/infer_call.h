#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <atomic>

#include "absl/time/time.h"
#include "inference/grpc_service.pb.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/extraction.h"
#include "server/intake/intake.h"
#include "server/intake/unary_call.h"
#include "server/kserve/infer_request.h"

namespace onebyone {

// One ModelInfer call. It is an extraction like any other, in other words; but its parameter `timeout` is a deadline
// that gRPC does not know.
class InferCall final : public UnaryCall {
 public:
  InferCall(grpc::CallbackServerContext& call, grpc::ByteBuffer& answer, ExtractionContext& context, Intake& intake);

  void OnDone() override;

 private:
  // Starts the extraction, or finishes the call with the reason why not.
  void Begin(grpc::ByteBuffer message) override;
  void Cancel() override { extraction_.Cancel(); }
  absl::Status Start(grpc::ByteBuffer message);
  absl::Status Read(grpc::ByteBuffer message);
  absl::Status Answer(const absl::Status& outcome);
  // Ends the extraction at the request's own timeout, where that comes before the deadline of the call.
  void SetAlarm();
  void Release();

  grpc::ByteBuffer& answer_;
  ExtractionContext& context_;
  const MessageRule& rule_;
  inference::ModelInferRequest message_;
  InferRequest request_;  // borrows from it
  absl::Time deadline_ = absl::InfiniteFuture();
  v1::ExtractFeaturesResponse features_;
  Extraction extraction_;
  grpc::Alarm alarm_;
  std::atomic<int> users_ = 1;  // gRPC, and the alarm while it is set
};

}  // namespace onebyone
