#pragma once

#include "onebyone/v1/feature_extraction.grpc.pb.h"
#include "server/extraction.h"

namespace onebyone {

// onebyone.v1.FeatureExtraction: an adapter that decodes, schedules and encodes. Runs on gRPC's threads and does no
// image work there. `context` must outlive it.
class FeatureService final : public v1::FeatureExtraction::CallbackService {
 public:
  explicit FeatureService(ExtractionContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* ExtractFeatures(grpc::CallbackServerContext* context,
                                            const v1::ExtractFeaturesRequest* request,
                                            v1::ExtractFeaturesResponse* response) override;
  grpc::ServerBidiReactor<v1::StreamFeaturesRequest, v1::StreamFeaturesResponse>* StreamFeatures(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* ListModels(grpc::CallbackServerContext* context, const v1::ListModelsRequest* request,
                                       v1::ListModelsResponse* response) override;
  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context, const v1::GetModelRequest* request,
                                     v1::GetModelResponse* response) override;

 private:
  ExtractionContext& context_;
};

}  // namespace onebyone
