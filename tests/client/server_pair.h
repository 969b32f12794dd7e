#pragma once

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "client/feature_client.h"
#include "tests/client/fake_server.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {

inline v1::ExtractFeaturesRequest RequestFor(const std::string& image) {
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content(image);
  request.add_features()->set_layer("layer");
  return request;
}

inline grpc::Status WaitForTheClientToLeave(const grpc::ServerContext& context) {
  while (!context.IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
  return grpc::Status::CANCELLED;
}

inline grpc::Status Refusal(grpc::ServerContext& context, int pushback_ms) {
  context.AddTrailingMetadata("grpc-retry-pushback-ms", absl::StrCat(pushback_ms));
  return {grpc::StatusCode::RESOURCE_EXHAUSTED, "full"};
}

// Two servers that keep a common record of what they were asked. Warm-up calls (image "warm") are not in it.
class ServerPair {
 public:
  struct Attempt {
    int server = 0;
    absl::Time begin;
    bool cancelled = false;
  };
  // What becomes of the attempt that is the `number`th of all, from 0.
  using Act = std::function<grpc::Status(grpc::ServerContext&, int server, int number)>;

  ServerPair() {
    for (int i = 0; i < 2; ++i) {
      servers_[i] = std::make_unique<FakeServer>();
      servers_[i]->features().before = [this, i](grpc::ServerContext& context,
                                                 const v1::ExtractFeaturesRequest& request,
                                                 int) { return Record(context, i, request); };
    }
  }

  Act act;  // set it before the first call

  FakeServer& server(int i) { return *servers_[i]; }
  void Kill(int i) { servers_[i].reset(); }
  std::string target() const { return absl::StrCat(servers_[0]->target(), ",", servers_[1]->target()); }

  std::vector<Attempt> attempts() const {
    absl::MutexLock lock(&mutex_);
    return attempts_;
  }

  int CountOf(int server) const {
    absl::MutexLock lock(&mutex_);
    return static_cast<int>(std::count_if(attempts_.begin(), attempts_.end(),
                                          [server](const Attempt& attempt) { return attempt.server == server; }));
  }

  // Once `number` attempts have begun, and `cancelled` of them were.
  void Await(size_t number, int cancelled = 0) const {
    absl::MutexLock lock(&mutex_);
    const auto enough = [this, number, cancelled]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return attempts_.size() >= number &&
             std::count_if(attempts_.begin(), attempts_.end(),
                           [](const Attempt& attempt) { return attempt.cancelled; }) >= cancelled;
    };
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(20)));
  }

  // A client with quick retries that is connected to both.
  std::unique_ptr<FeatureClient> Connect(ClientOptions options = {}) {
    if (options.target.empty()) options.target = target();
    options.retry.initial_backoff = absl::Milliseconds(1);
    options.retry.max_backoff = absl::Milliseconds(20);
    auto client = FeatureClient::Create(options);
    EXPECT_THAT(client, IsOk());
    const absl::Time give_up = absl::Now() + absl::Seconds(20);
    for (const auto& server : servers_) {
      const size_t before = server->features().Requests().size();
      while (server->features().Requests().size() == before && absl::Now() < give_up) {
        EXPECT_THAT((*client)->ExtractFeatures(RequestFor("warm")), IsOk());
      }
    }
    return *std::move(client);
  }

 private:
  grpc::Status Record(grpc::ServerContext& context, int server, const v1::ExtractFeaturesRequest& request) {
    if (request.images(0).content() == "warm") return grpc::Status::OK;
    size_t number = 0;
    {
      absl::MutexLock lock(&mutex_);
      number = attempts_.size();
      attempts_.push_back({.server = server, .begin = absl::Now()});
    }
    grpc::Status status = act ? act(context, server, static_cast<int>(number)) : grpc::Status::OK;
    absl::MutexLock lock(&mutex_);
    attempts_[number].cancelled = context.IsCancelled();
    return status;
  }

  mutable absl::Mutex mutex_;
  std::vector<Attempt> attempts_ ABSL_GUARDED_BY(mutex_);
  std::array<std::unique_ptr<FakeServer>, 2> servers_;  // end before what they write to
};

}  // namespace onebyone::testing
