#pragma once

#include "onebyone/v1/feature_extraction.grpc.pb.h"
#include "server/extraction.h"

namespace onebyone {

// onebyone.v1.FeatureExtraction: an adapter that decodes, schedules and encodes. Runs on gRPC's threads and does no
// image work there. `context` must outlive it.
class FeatureService final : public v1::FeatureExtraction::WithCallbackMethod_ListModels<
                                 v1::FeatureExtraction::WithCallbackMethod_GetModel<v1::FeatureExtraction::Service>> {
 public:
  explicit FeatureService(ExtractionContext& context);

  grpc::ServerUnaryReactor* ListModels(grpc::CallbackServerContext* context, const v1::ListModelsRequest* request,
                                       v1::ListModelsResponse* response) override;
  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context, const v1::GetModelRequest* request,
                                     v1::GetModelResponse* response) override;

 private:
  // Their answers are buffers, not messages: see answer_buffer.h. No generated class mixes the two.
  void AnswerExtractFeaturesByBuffer();
  void AnswerStreamFeaturesByBuffer();

  ExtractionContext& context_;
};

}  // namespace onebyone
