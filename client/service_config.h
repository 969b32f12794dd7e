#pragma once

#include <string>

#include "client/client_options.h"

namespace onebyone {

// The channel's service config as JSON
// (https://github.com/grpc/grpc-proto/blob/master/grpc/service_config/service_config.proto): requests go round over all
// addresses of the target, those that serve where `options.health_check` says so, and calls of
// onebyone.v1.FeatureExtraction are retried by `options.retry`; with hedging not ExtractFeatures, which hedged_call
// retries. Health checks are not retried: they are asked to learn the state as it is. REQUIRES: valid options.
std::string ServiceConfigJson(const ClientOptions& options);

}  // namespace onebyone
