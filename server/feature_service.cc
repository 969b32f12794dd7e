#include "server/feature_service.h"

#include "onebyone/v1/feature_extraction.grpc.pb.h"
#include "server/extract_call.h"
#include "server/intake/query_call.h"
#include "server/model_description.h"
#include "server/stream_call.h"

namespace onebyone {

FeatureService::FeatureService(ExtractionContext& context, Intake& intake)
    : StreamedService(v1::FeatureExtraction::service_full_name()), context_(context) {
  AddUnary("ExtractFeatures", [&](grpc::CallbackServerContext& call, grpc::ByteBuffer& answer) {
    return new ExtractCall(call, answer, context, intake);
  });
  AddStream("StreamFeatures", [&](grpc::CallbackServerContext& call) { return new StreamCall(call, context, intake); });
  using List = QueryCall<v1::ListModelsRequest, v1::ListModelsResponse>;
  AddUnary("ListModels", [&, this](grpc::CallbackServerContext& call, grpc::ByteBuffer& answer) {
    return new List(call, answer, intake, [this](const v1::ListModelsRequest&, v1::ListModelsResponse& response) {
      ListModels(response);
      return absl::OkStatus();
    });
  });
  using Get = QueryCall<v1::GetModelRequest, v1::GetModelResponse>;
  AddUnary("GetModel", [&, this](grpc::CallbackServerContext& call, grpc::ByteBuffer& answer) {
    return new Get(call, answer, intake, [this](const v1::GetModelRequest& request, v1::GetModelResponse& response) {
      return GetModel(request, response);
    });
  });
}

void FeatureService::ListModels(v1::ListModelsResponse& response) const {
  const std::shared_ptr<const ModelSet> models = context_.models.models();
  for (const ModelEntry& entry : models->entries) *response.add_models() = Summarize(entry, *models);
}

absl::Status FeatureService::GetModel(const v1::GetModelRequest& request, v1::GetModelResponse& response) const {
  const std::shared_ptr<const ModelSet> models = context_.models.models();
  const absl::StatusOr<const ModelEntry*> entry = models->Find(request.model(), request.version());
  if (!entry.ok()) return entry.status();
  response = Describe(*(*entry)->model, Summarize(**entry, *models), context_.limits.max_native_pixels);
  return absl::OkStatus();
}

}  // namespace onebyone
