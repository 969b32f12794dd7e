#pragma once

#include <grpcpp/health_check_service_interface.h>

#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/model_registry.h"

namespace onebyone {

// What grpc.health.v1 says: of the whole server (""), of the services onebyone.v1.FeatureExtraction and
// inference.GRPCInferenceService, of each model by its name or an alias, and of NAME/reload: NOT_SERVING while what
// lies on disk under that name is not what is served, because it did not load. And of "liveness": SERVING as long as
// the process lives, in a drain and under any load; a model of that name is overshadowed. Thread-safe.
class Health {
 public:
  // `service` is the server's own, never null. Everything is NOT_SERVING until SetServing.
  Health(grpc::HealthCheckServiceInterface& service, const ModelRegistry& models);

  // Everything SERVING but the models that did not load, as the registry has them now; models that are gone are
  // NOT_SERVING. Nothing after SetDraining.
  void SetServing();
  // Everything but liveness NOT_SERVING, for good: watchers are told.
  void SetDraining();

 private:
  grpc::HealthCheckServiceInterface& service_;
  const ModelRegistry& models_;
  absl::Mutex mutex_;
  std::set<std::string> told_ ABSL_GUARDED_BY(mutex_);  // names of models and aliases
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace onebyone
