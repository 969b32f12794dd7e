#include "server/kserve/kserve_service.h"

#include <memory>
#include <string>
#include <vector>

#include "engine/base/status_macros.h"
#include "server/kserve/infer_call.h"
#include "server/kserve/model_metadata.h"
#include "server/kserve/model_version.h"
#include "server/kserve/statistics_report.h"
#include "server/observability/build_information.h"
#include "server/unary_answer.h"

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

grpc::ServerUnaryReactor* KserveService::ServerLive(grpc::CallbackServerContext* context,
                                                    const inference::ServerLiveRequest* /*request*/,
                                                    inference::ServerLiveResponse* response) {
  return Answer(*context, [response] {
    response->set_live(true);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* KserveService::ServerReady(grpc::CallbackServerContext* context,
                                                     const inference::ServerReadyRequest* /*request*/,
                                                     inference::ServerReadyResponse* response) {
  return Answer(*context, [this, response] {
    response->set_ready(!draining_);  // the models are loaded before the port opens
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* KserveService::ModelReady(grpc::CallbackServerContext* context,
                                                    const inference::ModelReadyRequest* request,
                                                    inference::ModelReadyResponse* response) {
  return Answer(*context, [this, request, response] {
    const auto model = Find(context_.models, request->name(), request->version());
    response->set_ready(model.ok() && !draining_);
    return absl::IsUnavailable(model.status()) ? absl::OkStatus() : model.status();  // it did not load
  });
}

grpc::ServerUnaryReactor* KserveService::ServerMetadata(grpc::CallbackServerContext* context,
                                                        const inference::ServerMetadataRequest* /*request*/,
                                                        inference::ServerMetadataResponse* response) {
  return Answer(*context, [response] {
    response->set_name("onebyone");
    response->set_version(ThisBuild().version);
    for (const char* extension : kExtensions) response->add_extensions(extension);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* KserveService::ModelMetadata(grpc::CallbackServerContext* context,
                                                       const inference::ModelMetadataRequest* request,
                                                       inference::ModelMetadataResponse* response) {
  return Answer(*context, [this, request, response]() -> absl::Status {
    ASSIGN_OR_RETURN(const auto model, Find(context_.models, request->name(), request->version()));
    std::vector<int64_t> versions;
    for (const ModelEntry& entry : context_.models.entries()) {
      if (entry.name == model->bundle.name && entry.model != nullptr) versions.push_back(entry.version());
    }
    *response = MetadataOf(*model, versions);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* KserveService::ModelInfer(grpc::CallbackServerContext* context,
                                                    const inference::ModelInferRequest* request,
                                                    inference::ModelInferResponse* response) {
  return new InferCall(*context, *request, *response, context_);
}

grpc::ServerUnaryReactor* KserveService::ModelConfig(grpc::CallbackServerContext* context,
                                                     const inference::ModelConfigRequest* request,
                                                     inference::ModelConfigResponse* response) {
  return Answer(*context, [this, request, response]() -> absl::Status {
    ASSIGN_OR_RETURN(const auto model, Find(context_.models, request->name(), request->version()));
    *response->mutable_config() = ConfigOf(*model, context_.limits.max_images, context_.scheduler.lanes());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* KserveService::ModelStatistics(grpc::CallbackServerContext* context,
                                                         const inference::ModelStatisticsRequest* request,
                                                         inference::ModelStatisticsResponse* response) {
  return Answer(*context, [this, request, response]() -> absl::Status {
    std::string name;  // empty: all
    if (!request->name().empty() || !request->version().empty()) {
      ASSIGN_OR_RETURN(const auto model, Find(context_.models, request->name(), request->version()));
      name = model->bundle.name;
    }
    ASSIGN_OR_RETURN(const int64_t version, ReadVersion(request->version(), "version"));
    for (const ModelEntry& entry : context_.models.entries()) {
      if (entry.model == nullptr || (!name.empty() && entry.name != name)) continue;
      if (version != 0 && entry.version() != version) continue;
      *response->add_model_stats() =
          ReportOf(entry.name, entry.version(), context_.statistics.Of(entry.name, entry.version()));
    }
    return absl::OkStatus();
  });
}

}  // namespace onebyone
