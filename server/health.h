#pragma once

#include <grpcpp/health_check_service_interface.h>

#include "server/model_registry.h"

namespace onebyone {

// What grpc.health.v1 says: of the whole server (""), of the services onebyone.v1.FeatureExtraction and
// inference.GRPCInferenceService, and of each model by its name. Thread-safe.
class Health {
 public:
  // `service` is the server's own, never null. Everything is NOT_SERVING until SetServing.
  Health(grpc::HealthCheckServiceInterface& service, const ModelRegistry& models);

  // Everything SERVING but the models that did not load.
  void SetServing();
  // Everything NOT_SERVING, for good: watchers are told.
  void SetDraining();

 private:
  grpc::HealthCheckServiceInterface& service_;
  const ModelRegistry& models_;
};

}  // namespace onebyone
