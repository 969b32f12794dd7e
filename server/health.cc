#include "server/health.h"

#include <map>

#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

constexpr char kWholeServer[] = "";
constexpr char kReload[] = "/reload";
constexpr char kLiveness[] = "liveness";
constexpr char kService[] = "onebyone.v1.FeatureExtraction";
constexpr char kKserveService[] = "inference.GRPCInferenceService";

}  // namespace

Health::Health(grpc::HealthCheckServiceInterface& service, const ModelRegistry& models)
    : service_(service), models_(models) {
  for (const char* name : {kWholeServer, kService, kKserveService}) service_.SetServingStatus(name, false);
  for (const ModelEntry& entry : models_.entries()) service_.SetServingStatus(entry.name, false);
  service_.SetServingStatus(kLiveness, true);  // last, as below: over a model of that name
}

void Health::SetServing() {
  const std::shared_ptr<const ModelSet> models = models_.models();
  std::map<std::string, bool> serving;  // several versions of a name: one is enough
  for (const ModelAlias& alias : models->aliases) serving[alias.name] = models->Find(alias.name, 0).ok();
  for (const ModelEntry& entry : models->entries) {
    const bool is_first = serving.find(entry.name) == serving.end();
    if (is_first) serving[absl::StrCat(entry.name, kReload)] = entry.status.ok();
    serving[entry.name] |= entry.model != nullptr;
  }
  const absl::MutexLock lock(&mutex_);
  if (draining_) return;
  for (const std::string& name : told_) {
    if (serving.find(name) == serving.end()) service_.SetServingStatus(name, false);
  }
  for (const auto& [name, is_serving] : serving) {
    service_.SetServingStatus(name, is_serving);
    told_.insert(name);
  }
  for (const char* name : {kService, kKserveService, kWholeServer, kLiveness}) service_.SetServingStatus(name, true);
}

void Health::SetDraining() {
  const absl::MutexLock lock(&mutex_);
  draining_ = true;
  // Not by Shutdown(), which would tell a watcher of liveness to kill the process in the midst of its drain.
  for (const std::string& name : told_) service_.SetServingStatus(name, false);
  for (const char* name : {kService, kKserveService, kWholeServer}) service_.SetServingStatus(name, false);
  service_.SetServingStatus(kLiveness, true);
}

}  // namespace onebyone
