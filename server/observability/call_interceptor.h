#pragma once

#include <grpcpp/support/server_interceptor.h>

#include <memory>

#include "server/observability/observability.h"

namespace onebyone {

// Sees each call of each service begin and end: counts it (grpc_server_*), adds its load report, and writes the access
// log's line of calls that are not one request for features (those have lines of their own). `observability` must
// outlive the server.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallInterceptors(
    Observability& observability);

}  // namespace onebyone
