#include "server/observability/call_interceptor.h"

#include <map>
#include <optional>
#include <string>

namespace onebyone {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::InterceptorBatchMethods;
using grpc::experimental::ServerRpcInfo;

// One call. gRPC makes the calls of Intercept one after another and destroys this with the call's context.
class CallInterceptor final : public grpc::experimental::Interceptor {
 public:
  CallInterceptor(Observability& observability, ServerRpcInfo& call)
      : observability_(observability),
        context_(call.server_context()),
        metrics_(observability.metrics().calls().Of(call.method())),
        is_stream_(!metrics_.is_unary()),  // gRPC takes ours all for streams (streamed_service.h)
        start_(observability.clock()()) {
    metrics_.CountStart();
    if (!observability_.logs_access()) return;
    const bool known = observability_.metrics().calls().Knows(call.method());
    origin_.emplace();
    origin_->method = known ? call.method() : "unknown";
    origin_->arrival = start_;
    observability_.origins().Add(context_, &*origin_);
  }

  ~CallInterceptor() override {
    if (!ended_) End(grpc::Status(grpc::StatusCode::CANCELLED, "the call ended before it was answered"));
    if (origin_.has_value()) observability_.origins().Remove(context_);
  }

  void Intercept(InterceptorBatchMethods* methods) override {
    if (origin_.has_value() &&
        methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      ReadOrigin(*context_, *origin_);
    }
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      const grpc::Status status = methods->GetSendStatus();
      if (LoadReporter* const reporter = observability_.load_reporter()) {
        methods->GetSendTrailingMetadata()->emplace(
            kLoadReportTrailer, reporter->Report(static_cast<absl::StatusCode>(status.error_code())));
      }
      End(status);
    }
    methods->Proceed();
  }

 private:
  void End(const grpc::Status& status) {
    ended_ = true;
    const absl::Time now = observability_.clock()();
    metrics_.CountEnd(status.error_code(), now - start_);
    if (!origin_.has_value() || (origin_->requests.load() > 0 && !is_stream_)) return;
    observability_.LogAccess({.time = absl::Now(),
                              .origin = &*origin_,
                              .code = CodeName(status.error_code()),
                              .message = status.error_message(),
                              .total = now - start_});
  }

  Observability& observability_;
  grpc::ServerContextBase* const context_;
  MethodMetrics& metrics_;
  const bool is_stream_;
  const absl::Time start_;
  std::optional<CallOrigin> origin_;  // with an access log
  bool ended_ = false;
};

class CallInterceptorFactory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit CallInterceptorFactory(Observability& observability) : observability_(observability) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(ServerRpcInfo* call) override {
    return new CallInterceptor(observability_, *call);  // gRPC owns it
  }

 private:
  Observability& observability_;
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallInterceptors(
    Observability& observability) {
  return std::make_unique<CallInterceptorFactory>(observability);
}

}  // namespace onebyone
