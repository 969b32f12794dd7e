#include "server/security/live_call_interceptor.h"

#include <grpc/grpc_security.h>
#include <grpcpp/server_context.h>

namespace onebyone {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::InterceptorBatchMethods;
using grpc::experimental::ServerRpcInfo;

// One call; gRPC destroys this with the call's context.
class LiveCall final : public grpc::experimental::Interceptor {
 public:
  LiveCall(LiveCalls& calls, ServerRpcInfo& call) : calls_(calls), context_(call.server_context()) {}
  ~LiveCall() override {
    if (connection_ != nullptr) calls_.End(connection_);
  }

  void Intercept(InterceptorBatchMethods* methods) override {
    if (connection_ == nullptr &&
        methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      // A connection has one of these, which its calls share; none in a channel without a socket.
      grpc_auth_context* const connection = grpc_call_auth_context(context_->c_call());
      connection_ = connection;
      if (connection != nullptr) grpc_auth_context_release(connection);
    }
    methods->Proceed();
  }

 private:
  LiveCalls& calls_;
  grpc::ServerContextBase* const context_;
  const void* connection_ = nullptr;  // only compared
};

class LiveCallFactory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit LiveCallFactory(LiveCalls& calls) : calls_(calls) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(ServerRpcInfo* call) override {
    return new LiveCall(calls_, *call);  // gRPC owns it
  }

 private:
  LiveCalls& calls_;
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeLiveCallInterceptors(LiveCalls& calls) {
  return std::make_unique<LiveCallFactory>(calls);
}

}  // namespace onebyone
