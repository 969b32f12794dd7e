#include "server/feature_service.h"

#include <exception>

#include "absl/strings/str_cat.h"
#include "server/extract_call.h"
#include "server/grpc_status.h"
#include "server/model_description.h"
#include "server/stream_call.h"

namespace onebyone {
namespace {

// Answers at once with what `fill` says.
template <typename Fill>
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext& context, Fill fill) {
  absl::Status status;
  try {
    status = fill();
  } catch (const std::exception& error) {  // no memory
    status = absl::ResourceExhaustedError(absl::StrCat("the request could not be answered: ", error.what()));
  }
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  reactor->Finish(FinishingStatus(status, context));
  return reactor;
}

}  // namespace

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
