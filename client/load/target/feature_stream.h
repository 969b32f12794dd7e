#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/client_callback.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/load/target/feature_messages.h"
#include "client/load/target/load_target.h"

namespace onebyone {

// One StreamFeatures call with many requests on it. Keeps itself alive until gRPC is done with it. Thread-safe.
class FeatureStream final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // `ended`: called once, as the last thing, when gRPC is done with it.
  static std::shared_ptr<FeatureStream> Open(grpc::GenericStub& stub, const std::string& authorization,
                                             std::shared_ptr<const FeatureMessages> messages,
                                             std::function<void()> ended);

  // Takes the request, and `done` with it; false, and both stay with the caller, where the stream is over.
  bool Send(const PlannedCall& call, absl::Time deadline, LoadTarget::Done& done, int64_t& bytes);
  // Requests that were not answered by `now` end with DEADLINE_EXCEEDED: the protocol has no deadline of one request.
  void ExpireOverdue(absl::Time now);
  // All requests under way end with CANCELLED, and the stream with them.
  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  struct Pending {
    PlannedCall call;
    absl::Time deadline;
    LoadTarget::Done done;
  };
  FeatureStream(std::shared_ptr<const FeatureMessages> messages, std::function<void()> ended)
      : messages_(std::move(messages)), ended_(std::move(ended)) {}

  const std::shared_ptr<const FeatureMessages> messages_;
  std::function<void()> ended_;
  grpc::ClientContext context_;
  std::shared_ptr<FeatureStream> self_;
  grpc::ByteBuffer read_;     // of the read under way
  grpc::ByteBuffer written_;  // of the write under way

  absl::Mutex mutex_;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;  // nothing may be written any more
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<grpc::ByteBuffer> to_write_ ABSL_GUARDED_BY(mutex_);
  int64_t next_id_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<int64_t, Pending> pending_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
