#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/load/target/feature_messages.h"
#include "client/load/target/feature_stream.h"
#include "client/load/target/load_channel.h"
#include "client/load/target/load_target.h"

namespace onebyone {

// Calls as requests of StreamFeatures: one stream over each channel, in turn; one that broke is opened again by the
// next request. Thread-safe.
class StreamTarget final : public LoadTarget {
 public:
  StreamTarget(const LoadChannels& channels, std::shared_ptr<const FeatureMessages> messages, absl::Duration deadline);
  ~StreamTarget() override;

  int64_t Start(const PlannedCall& call, Done done) override;
  void CancelAll() override;
  void ExpireOverdue() override;

 private:
  std::shared_ptr<FeatureStream> StreamOf(size_t place, const std::shared_ptr<FeatureStream>& broken);
  std::vector<std::shared_ptr<FeatureStream>> Streams();

  const std::string authorization_;
  const std::shared_ptr<const FeatureMessages> messages_;
  const absl::Duration deadline_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  absl::Mutex mutex_;
  std::vector<std::shared_ptr<FeatureStream>> streams_ ABSL_GUARDED_BY(mutex_);  // of each stub; null: none yet
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t open_ ABSL_GUARDED_BY(mutex_) = 0;  // streams that gRPC is not done with
};

}  // namespace onebyone
