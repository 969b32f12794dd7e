#include "client/load/target/kserve_model.h"

#include <grpcpp/client_context.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/rpc_status.h"
#include "engine/base/status_macros.h"
#include "inference/grpc_service.grpc.pb.h"

namespace onebyone {
namespace {

using Stub = inference::GRPCInferenceService::Stub;

void Prepare(grpc::ClientContext& context, const LoadChannels& channels, absl::Duration deadline) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  if (!channels.authorization.empty()) context.AddMetadata("authorization", channels.authorization);
}

}  // namespace

absl::StatusOr<KServeServer> AskKServeServer(const LoadChannels& channels, absl::Duration deadline) {
  grpc::ClientContext context;
  Prepare(context, channels, deadline);
  inference::ServerMetadataResponse response;
  Stub stub(channels.channels.front());
  RETURN_IF_ERROR(StatusFromCall(stub.ServerMetadata(&context, {}, &response)));
  const auto& extensions = response.extensions();
  return KServeServer{response.name(), response.version(),
                      std::find(extensions.begin(), extensions.end(), "statistics") != extensions.end()};
}

absl::StatusOr<inference::ModelMetadataResponse> AskKServeModel(const LoadChannels& channels, const std::string& model,
                                                                const std::string& version, absl::Duration deadline) {
  grpc::ClientContext context;
  Prepare(context, channels, deadline);
  inference::ModelMetadataRequest request;
  request.set_name(model);
  request.set_version(version);
  inference::ModelMetadataResponse response;
  Stub stub(channels.channels.front());
  RETURN_IF_ERROR(StatusFromCall(stub.ModelMetadata(&context, request, &response)));
  return response;
}

absl::StatusOr<inference::ModelStatistics> AskKServeStatistics(const LoadChannels& channels, const std::string& model,
                                                               const std::string& version, absl::Duration deadline) {
  grpc::ClientContext context;
  Prepare(context, channels, deadline);
  inference::ModelStatisticsRequest request;
  request.set_name(model);
  request.set_version(version);
  inference::ModelStatisticsResponse response;
  Stub stub(channels.channels.front());
  RETURN_IF_ERROR(StatusFromCall(stub.ModelStatistics(&context, request, &response)));
  if (response.model_stats().empty()) return absl::NotFoundError(absl::StrCat("no statistics of model '", model, "'"));
  return response.model_stats(0);
}

}  // namespace onebyone
