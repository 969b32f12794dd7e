#include "server/kserve/kserve_service.h"

#include <memory>
#include <string>
#include <vector>

#include "engine/base/status_macros.h"
#include "inference/grpc_service.grpc.pb.h"
#include "server/intake/query_call.h"
#include "server/kserve/infer_call.h"
#include "server/kserve/model_metadata.h"
#include "server/kserve/model_version.h"
#include "server/kserve/statistics_report.h"
#include "server/observability/build_information.h"

namespace onebyone {
namespace {

// Triton's names for what goes beyond the protocol: ModelConfig, raw tensors, parameters of requests and outputs,
// `priority` and `timeout`, ModelStatistics.
constexpr const char* kExtensions[] = {"model_configuration", "binary_tensor_data", "parameters", "schedule_policy",
                                       "statistics"};

absl::StatusOr<std::shared_ptr<const Model>> Find(const ModelRegistry& models, const std::string& name,
                                                  const std::string& version) {
  ASSIGN_OR_RETURN(const int64_t number, ReadVersion(version, "version"));
  return models.Find(name, number);
}

}  // namespace

KserveService::KserveService(ExtractionContext& context, Intake& intake)
    : StreamedService(inference::GRPCInferenceService::service_full_name()), context_(context), intake_(intake) {
  AddQuery("ServerLive", &KserveService::ServerLive);
  AddQuery("ServerReady", &KserveService::ServerReady);
  AddQuery("ModelReady", &KserveService::ModelReady);
  AddQuery("ServerMetadata", &KserveService::ServerMetadata);
  AddQuery("ModelMetadata", &KserveService::ModelMetadata);
  AddQuery("ModelConfig", &KserveService::ModelConfig);
  AddQuery("ModelStatistics", &KserveService::ModelStatistics);
  AddUnary("ModelInfer", [this](grpc::CallbackServerContext& call, grpc::ByteBuffer& answer) {
    return new InferCall(call, answer, context_, intake_);
  });
}

template <typename Request, typename Response>
void KserveService::AddQuery(absl::string_view method, Method<Request, Response> fill) {
  AddUnary(method, [this, fill](grpc::CallbackServerContext& call, grpc::ByteBuffer& answer) {
    return new QueryCall<Request, Response>(
        call, answer, intake_,
        [this, fill](const Request& request, Response& response) { return (this->*fill)(request, response); });
  });
}

absl::Status KserveService::ServerLive(const inference::ServerLiveRequest& /*request*/,
                                       inference::ServerLiveResponse& response) const {
  response.set_live(true);
  return absl::OkStatus();
}

absl::Status KserveService::ServerReady(const inference::ServerReadyRequest& /*request*/,
                                        inference::ServerReadyResponse& response) const {
  response.set_ready(!draining_);  // the models are loaded before the port opens
  return absl::OkStatus();
}

absl::Status KserveService::ModelReady(const inference::ModelReadyRequest& request,
                                       inference::ModelReadyResponse& response) const {
  const auto model = Find(context_.models, request.name(), request.version());
  response.set_ready(model.ok() && !draining_);
  return absl::IsUnavailable(model.status()) ? absl::OkStatus() : model.status();  // it did not load
}

absl::Status KserveService::ServerMetadata(const inference::ServerMetadataRequest& /*request*/,
                                           inference::ServerMetadataResponse& response) const {
  response.set_name("onebyone");
  response.set_version(ThisBuild().version);
  for (const char* extension : kExtensions) response.add_extensions(extension);
  return absl::OkStatus();
}

absl::Status KserveService::ModelMetadata(const inference::ModelMetadataRequest& request,
                                          inference::ModelMetadataResponse& response) const {
  ASSIGN_OR_RETURN(const auto model, Find(context_.models, request.name(), request.version()));
  std::vector<int64_t> versions;
  for (const ModelEntry& entry : context_.models.entries()) {
    if (entry.name == model->bundle.name && entry.model != nullptr) versions.push_back(entry.version());
  }
  response = MetadataOf(*model, versions);
  return absl::OkStatus();
}

absl::Status KserveService::ModelConfig(const inference::ModelConfigRequest& request,
                                        inference::ModelConfigResponse& response) const {
  ASSIGN_OR_RETURN(const auto model, Find(context_.models, request.name(), request.version()));
  *response.mutable_config() = ConfigOf(*model, context_.limits.max_images, context_.scheduler.lanes());
  return absl::OkStatus();
}

absl::Status KserveService::ModelStatistics(const inference::ModelStatisticsRequest& request,
                                            inference::ModelStatisticsResponse& response) const {
  std::string name;  // empty: all
  if (!request.name().empty() || !request.version().empty()) {
    ASSIGN_OR_RETURN(const auto model, Find(context_.models, request.name(), request.version()));
    name = model->bundle.name;
  }
  ASSIGN_OR_RETURN(const int64_t version, ReadVersion(request.version(), "version"));
  for (const ModelEntry& entry : context_.models.entries()) {
    if (entry.model == nullptr || (!name.empty() && entry.name != name)) continue;
    if (version != 0 && entry.version() != version) continue;
    *response.add_model_stats() =
        ReportOf(entry.name, entry.version(), context_.statistics.Of(entry.name, entry.version()));
  }
  return absl::OkStatus();
}

}  // namespace onebyone
