#include "tests/client/load/delay_server.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "onebyone/v1/feature_extraction.pb.h"

namespace onebyone::testing {
namespace {

grpc::ByteBuffer OneResult() {
  v1::ExtractFeaturesResponse response;
  v1::FeatureMap& map = *response.add_results()->add_features();
  map.set_layer("layer");
  map.set_content(std::string(64, 'x'));
  response.mutable_timing()->set_network_us(100);
  response.mutable_timing()->set_total_us(120);
  const grpc::Slice slice(response.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace

// One call: its message is read, then it waits for its moment.
class DelayServer::Call final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Call(DelayServer& server) : server_(server) { StartRead(&request_); }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status(grpc::StatusCode::INTERNAL, "no message"));
    ++server_.calls_;
    const absl::Time now = absl::Now();
    absl::MutexLock lock(&server_.mutex_);
    server_.due_.emplace(server_.AnswerTime(now), this);
  }
  void Answer() { StartWriteAndFinish(&server_.answer_, grpc::WriteOptions(), grpc::Status::OK); }
  void OnDone() override { delete this; }
  // A call that its client gave up is answered like others, into nothing: its lane was taken anyway.
  void OnCancel() override {}

 private:
  DelayServer& server_;
  grpc::ByteBuffer request_;
};

class DelayServer::Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(DelayServer& server) : server_(server) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    if (context->method() == "/onebyone.v1.FeatureExtraction/ExtractFeatures") return new Call(server_);
    class Refusal final : public grpc::ServerGenericBidiReactor {
     public:
      Refusal() { Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "not a method of this server")); }
      void OnDone() override { delete this; }
    };
    return new Refusal;
  }

 private:
  DelayServer& server_;
};

DelayServer::DelayServer(const DelayOptions& options) : options_(options), answer_(OneResult()) {
  {
    absl::MutexLock lock(&mutex_);
    lane_free_.assign(static_cast<size_t>(options_.lanes), absl::InfinitePast());
  }
  service_ = std::make_unique<Service>(*this);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options_.listen, grpc::InsecureServerCredentials(), &port_);
  builder.RegisterCallbackGenericService(service_.get());
  server_ = builder.BuildAndStart();
  answerer_ = std::thread([this] { AnswerWhenDue(); });
}

DelayServer::~DelayServer() { Stop(); }

void DelayServer::Stop() {
  if (!answerer_.joinable()) return;
  {
    // Whoever waits is answered now: a reactor has to be finished before its server can end.
    absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  server_->Shutdown(absl::ToChronoTime(absl::Now()));
  server_->Wait();
  answerer_.join();
}

std::string DelayServer::target() const { return absl::StrCat("127.0.0.1:", port_); }

void DelayServer::StallAt(absl::Time from, absl::Duration length) {
  absl::MutexLock lock(&mutex_);
  stall_from_ = from;
  stall_to_ = from + length;
}

absl::Time DelayServer::AnswerTime(absl::Time arrival) {
  mutex_.AssertHeld();
  absl::Time start = arrival;
  const auto lane = std::min_element(lane_free_.begin(), lane_free_.end());
  if (lane != lane_free_.end()) start = std::max(start, *lane);
  if (start >= stall_from_ && start < stall_to_) start = stall_to_;
  const absl::Time answer = start + options_.service;
  if (lane != lane_free_.end()) *lane = answer;
  return answer;
}

void DelayServer::AnswerWhenDue() {
  absl::MutexLock lock(&mutex_);
  for (;;) {
    const auto is_due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return ending_ || (!due_.empty() && due_.begin()->first <= absl::Now());
    };
    // A new call may be due before the one that is waited for: looked at often, for it is only a test.
    const absl::Time next = due_.empty() ? absl::InfiniteFuture() : due_.begin()->first;
    const auto changed = [this, next]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return ending_ || (!due_.empty() && due_.begin()->first < next);
    };
    mutex_.AwaitWithDeadline(absl::Condition(&changed), next);
    if (!is_due()) continue;
    while (!due_.empty() && (ending_ || due_.begin()->first <= absl::Now())) {
      Call* call = due_.begin()->second;
      due_.erase(due_.begin());
      mutex_.Unlock();
      call->Answer();
      mutex_.Lock();
    }
    if (ending_ && due_.empty()) return;
  }
}

}  // namespace onebyone::testing
