#pragma once

#include <grpcpp/support/server_interceptor.h>

#include <memory>

#include "server/security/live_calls.h"

namespace onebyone {

// Tells `calls`, which must outlive the server, of the end of each call that PortCredentials has let in.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeLiveCallInterceptors(LiveCalls& calls);

}  // namespace onebyone
