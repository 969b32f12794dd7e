#pragma once

#include <string>

#include "client/client_options.h"

namespace onebyone {

// The channel's service config as JSON
// (https://github.com/grpc/grpc-proto/blob/master/grpc/service_config/service_config.proto): requests go round over all
// addresses of the target, and calls of onebyone.v1.FeatureExtraction are retried by `policy`. Health checks are not
// retried: they are asked to learn the state as it is. REQUIRES: a valid policy.
std::string ServiceConfigJson(const RetryPolicy& policy);

}  // namespace onebyone
