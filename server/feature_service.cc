#include "server/feature_service.h"

#include "server/extract_call.h"
#include "server/model_description.h"
#include "server/stream_call.h"
#include "server/unary_answer.h"

namespace onebyone {
grpc::ServerUnaryReactor* FeatureService::ExtractFeatures(grpc::CallbackServerContext* context,
                                                          const v1::ExtractFeaturesRequest* request,
                                                          v1::ExtractFeaturesResponse* response) {
  return new ExtractCall(*context, *request, *response, context_);
}

grpc::ServerBidiReactor<v1::StreamFeaturesRequest, v1::StreamFeaturesResponse>* FeatureService::StreamFeatures(
    grpc::CallbackServerContext* context) {
  return new StreamCall(*context, context_);
}

grpc::ServerUnaryReactor* FeatureService::ListModels(grpc::CallbackServerContext* context,
                                                     const v1::ListModelsRequest* /*request*/,
                                                     v1::ListModelsResponse* response) {
  return Answer(*context, [this, response] {
    for (const ModelEntry& entry : context_.models.entries()) {
      *response->add_models() = Summarize(entry, context_.models.default_model());
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* FeatureService::GetModel(grpc::CallbackServerContext* context,
                                                   const v1::GetModelRequest* request, v1::GetModelResponse* response) {
  return Answer(*context, [this, request, response] {
    const auto model = context_.models.Find(request->model(), request->version());
    if (!model.ok()) return model.status();
    for (const ModelEntry& entry : context_.models.entries()) {
      if (entry.model != *model) continue;
      *response =
          Describe(**model, Summarize(entry, context_.models.default_model()), context_.limits.max_native_pixels);
    }
    return absl::OkStatus();
  });
}

}  // namespace onebyone
