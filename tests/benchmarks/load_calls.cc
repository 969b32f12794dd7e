#include "tests/benchmarks/load_calls.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace onebyone::benchmarks {
namespace {

// A client that falls behind more than this would need memory without end; what is over it is not sent and counts as
// UNSENT.
constexpr int64_t kMostInAir = 20'000;

std::string NameOf(grpc::StatusCode code) { return absl::StatusCodeToString(static_cast<absl::StatusCode>(code)); }

}  // namespace

struct LoadCalls::Call {
  grpc::ClientContext context;
  grpc::ByteBuffer response;
  absl::Time due;
  absl::Time deadline = absl::InfiniteFuture();
};

LoadCalls::LoadCalls(const LoadFlags& flags, const std::string& request)
    : flags_(flags),
      varied_(request),
      // Not from 1 on: what was another number in one run is to be another in the next.
      variations_(static_cast<uint64_t>(absl::ToUnixMicros(absl::Now()))) {
  const grpc::Slice slice(request);
  request_ = grpc::ByteBuffer(&slice, 1);
  for (int i = 0; i < flags_.connections; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own for each
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, flags_.service_config.empty() ? 0 : 1);
    if (!flags_.service_config.empty()) arguments.SetServiceConfigJSON(flags_.service_config);
    stubs_.push_back(std::make_unique<grpc::GenericStub>(
        grpc::CreateCustomChannel(flags_.target, grpc::InsecureChannelCredentials(), arguments)));
  }
}

LoadOutcome LoadCalls::Run() {
  measured_from_ = absl::Now() + absl::Seconds(flags_.warmup);
  measured_to_ = measured_from_ + absl::Seconds(flags_.seconds);
  std::thread canceller;
  if (flags_.cancel_within_ms > 0) canceller = std::thread([this] { CancelWhenDue(); });
  if (flags_.rate > 0) {
    OpenLoop(measured_to_);
  } else {
    ClosedLoop(measured_to_);
  }
  {
    const absl::MutexLock lock(&mutex_);
    sent_all_ = true;
  }
  if (canceller.joinable()) canceller.join();
  const absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](LoadCalls* self) ABSL_EXCLUSIVE_LOCKS_REQUIRED(self->mutex_) { return self->in_air_ == 0; }, this));
  outcome_.seconds = flags_.seconds;
  return std::move(outcome_);
}

void LoadCalls::OpenLoop(absl::Time end) {
  // Poisson arrivals: as from many clients that know nothing of each other.
  for (absl::Time due = absl::Now(); due < end; due += absl::Seconds(absl::Exponential(random_, flags_.rate))) {
    const absl::Duration early = due - absl::Now();
    if (early > absl::ZeroDuration()) absl::SleepFor(early);
    Start(due);
  }
}

void LoadCalls::ClosedLoop(absl::Time end) {
  while (absl::Now() < end) {
    {
      const absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(
          +[](LoadCalls* self)
               ABSL_EXCLUSIVE_LOCKS_REQUIRED(self->mutex_) { return self->HasFewerThan(self->flags_.concurrency); },
          this));
    }
    Start(absl::Now());
  }
}

grpc::ByteBuffer LoadCalls::NextRequest() {
  if (flags_.vary_at < 0) return request_;
  const std::string number = absl::StrFormat("%08x", ++variations_ & 0xFFFFFFFFU);
  varied_.replace(static_cast<size_t>(flags_.vary_at), number.size(), number);
  const grpc::Slice slice(varied_);
  return {&slice, 1};
}

void LoadCalls::Start(absl::Time due) {
  auto call = std::make_shared<Call>();
  call->due = due;
  double deadline_ms = flags_.deadline_ms;
  if (flags_.deadline_within_ms > 0) deadline_ms = absl::Uniform(random_, 0.0, flags_.deadline_within_ms);
  if (deadline_ms > 0) {
    call->deadline = absl::Now() + absl::Milliseconds(deadline_ms);
    call->context.set_deadline(absl::ToChronoTime(call->deadline));
  }
  {
    const absl::MutexLock lock(&mutex_);
    if (due >= measured_from_) ++outcome_.due;
    if (in_air_ >= kMostInAir) {
      ++outcome_.codes["UNSENT"];
      return;
    }
    ++in_air_;
    if (flags_.cancel_within_ms > 0) {
      const double after = absl::Uniform(random_, 0.0, flags_.cancel_within_ms);
      cancels_.emplace(absl::Now() + absl::Milliseconds(after), call);
    }
  }
  grpc::GenericStub& stub = *stubs_[next_++ % stubs_.size()];
  const grpc::ByteBuffer request = NextRequest();
  Call& sent = *call;
  stub.UnaryCall(&sent.context, flags_.method, grpc::StubOptions(), &request, &sent.response,
                 [this, call = std::move(call)](const grpc::Status& status) mutable {
                   End(*call, status);
                   // Before it counts as ended: gRPC's threads must not be the last to hold a channel.
                   call.reset();
                   const absl::MutexLock lock(&mutex_);
                   --in_air_;
                 });
}

void LoadCalls::End(Call& call, const grpc::Status& status) {
  const absl::Time now = absl::Now();
  const double ms = absl::ToDoubleMilliseconds(now - call.due);
  const absl::MutexLock lock(&mutex_);
  if (call.due < measured_from_) return;
  ++outcome_.codes[NameOf(status.error_code())];
  if (status.ok()) {
    outcome_.ok_ms.push_back(ms);
    outcome_.answer_bytes += static_cast<int64_t>(call.response.Length());
    return;
  }
  if (outcome_.first_error.empty()) outcome_.first_error = status.error_message();
  const bool is_refusal = status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED ||
                          status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                          (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED && now < call.deadline);
  if (is_refusal) outcome_.refused_ms.push_back(ms);
}

void LoadCalls::CancelWhenDue() {
  for (;;) {
    absl::SleepFor(absl::Microseconds(500));
    std::vector<std::shared_ptr<Call>> due;
    {
      const absl::MutexLock lock(&mutex_);
      while (!cancels_.empty() && cancels_.begin()->first <= absl::Now()) {
        if (std::shared_ptr<Call> call = cancels_.begin()->second.lock()) due.push_back(std::move(call));
        cancels_.erase(cancels_.begin());
      }
      if (sent_all_ && cancels_.empty() && due.empty()) return;
    }
    for (const std::shared_ptr<Call>& call : due) call->context.TryCancel();
  }
}

}  // namespace onebyone::benchmarks
