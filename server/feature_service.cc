#include "server/feature_service.h"

#include "server/extract_call.h"
#include "server/model_description.h"
#include "server/stream_call.h"
#include "server/unary_answer.h"

namespace onebyone {
namespace {

// Places of methods in the service, as they come in the .proto file.
constexpr int kExtractFeatures = 0;
constexpr int kStreamFeatures = 1;

}  // namespace
FeatureService::FeatureService(ExtractionContext& context) : context_(context) {
  AnswerExtractFeaturesByBuffer();
  AnswerStreamFeaturesByBuffer();
}

void FeatureService::AnswerExtractFeaturesByBuffer() {
  using Handler = grpc::internal::CallbackUnaryHandler<v1::ExtractFeaturesRequest, grpc::ByteBuffer>;
  MarkMethodCallback(kExtractFeatures,
                     new Handler([this](grpc::CallbackServerContext* context, const v1::ExtractFeaturesRequest* request,
                                        grpc::ByteBuffer* answer) -> grpc::ServerUnaryReactor* {
                       return new ExtractCall(*context, *request, *answer, context_);
                     }));
}

void FeatureService::AnswerStreamFeaturesByBuffer() {
  using Handler = grpc::internal::CallbackBidiHandler<v1::StreamFeaturesRequest, grpc::ByteBuffer>;
  MarkMethodCallback(kStreamFeatures, new Handler([this](grpc::CallbackServerContext* context) {
                       return new StreamCall(*context, context_);
                     }));
}

grpc::ServerUnaryReactor* FeatureService::ListModels(grpc::CallbackServerContext* context,
                                                     const v1::ListModelsRequest* /*request*/,
                                                     v1::ListModelsResponse* response) {
  return Answer(*context, [this, response] {
    const std::shared_ptr<const ModelSet> models = context_.models.models();
    for (const ModelEntry& entry : models->entries) *response->add_models() = Summarize(entry, *models);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* FeatureService::GetModel(grpc::CallbackServerContext* context,
                                                   const v1::GetModelRequest* request, v1::GetModelResponse* response) {
  return Answer(*context, [this, request, response] {
    const std::shared_ptr<const ModelSet> models = context_.models.models();
    const absl::StatusOr<const ModelEntry*> entry = models->Find(request->model(), request->version());
    if (!entry.ok()) return entry.status();
    *response = Describe(*(*entry)->model, Summarize(**entry, *models), context_.limits.max_native_pixels);
    return absl::OkStatus();
  });
}

}  // namespace onebyone
