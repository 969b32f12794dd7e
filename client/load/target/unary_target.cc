#include "client/load/target/unary_target.h"

#include <optional>
#include <utility>

#include "client/call_scope.h"
#include "client/rpc_status.h"

namespace onebyone {

struct UnaryTarget::Call {
  PlannedCall plan;
  grpc::ByteBuffer request;
  grpc::ByteBuffer answer;
  Done done;
  std::shared_ptr<Cancellation> cancellation;
  std::optional<CallScope> scope;
};

UnaryTarget::UnaryTarget(const LoadChannels& channels, std::shared_ptr<const CallMessages> messages,
                         absl::Duration deadline)
    : defaults_{deadline, channels.authorization},
      messages_(std::move(messages)),
      method_(messages_->method()),
      cancellation_(std::make_shared<Cancellation>()) {
  for (const auto& channel : channels.channels) stubs_.push_back(std::make_unique<grpc::GenericStub>(channel));
}

// gRPC's callback threads must not be the last to hold a channel (client/README.md).
UnaryTarget::~UnaryTarget() {
  CancelAll();
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](int64_t* under_way) { return *under_way == 0; }, &under_way_));
}

int64_t UnaryTarget::Start(const PlannedCall& plan, Done done) {
  auto call = std::make_shared<Call>();
  call->plan = plan;
  call->request = messages_->Request(plan);
  call->done = std::move(done);
  const auto bytes = static_cast<int64_t>(call->request.Length());
  grpc::GenericStub* stub = nullptr;
  {
    absl::MutexLock lock(&mutex_);
    call->cancellation = cancellation_;
    stub = stubs_[next_stub_++ % stubs_.size()].get();
    ++under_way_;
  }
  call->scope.emplace(CallOptions{.cancellation = call->cancellation.get()}, defaults_);
  stub->UnaryCall(call->scope->context(), method_, grpc::StubOptions(), &call->request, &call->answer,
                  [this, call](const grpc::Status& status) { End(*call, status); });
  return bytes;
}

void UnaryTarget::End(Call& call, const grpc::Status& status) {
  CallOutcome outcome;
  outcome.code = status.error_code();
  if (status.ok()) {
    messages_->ReadAnswer(std::move(call.answer), call.plan, outcome);
  } else {
    outcome.message = std::string(StatusFromCall(status).message());
  }
  call.scope.reset();  // the context holds the channel
  Done done = std::move(call.done);
  done(std::move(outcome));
  absl::MutexLock lock(&mutex_);
  --under_way_;
}

void UnaryTarget::CancelAll() {
  std::shared_ptr<Cancellation> cancelled;
  {
    absl::MutexLock lock(&mutex_);
    cancelled = std::exchange(cancellation_, std::make_shared<Cancellation>());
  }
  cancelled->Cancel();
}

}  // namespace onebyone
