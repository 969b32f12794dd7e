#include "server/health.h"

namespace onebyone {
namespace {

constexpr char kWholeServer[] = "";
constexpr char kService[] = "onebyone.v1.FeatureExtraction";
constexpr char kKserveService[] = "inference.GRPCInferenceService";

}  // namespace

Health::Health(grpc::HealthCheckServiceInterface& service, const ModelRegistry& models)
    : service_(service), models_(models) {
  for (const char* name : {kWholeServer, kService, kKserveService}) service_.SetServingStatus(name, false);
  for (const ModelEntry& entry : models_.entries()) service_.SetServingStatus(entry.name, false);
}

void Health::SetServing() {
  for (const ModelEntry& entry : models_.entries()) service_.SetServingStatus(entry.name, entry.model != nullptr);
  for (const char* name : {kService, kKserveService, kWholeServer}) service_.SetServingStatus(name, true);
}

void Health::SetDraining() { service_.Shutdown(); }

}  // namespace onebyone
