#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/call_options.h"
#include "client/call_scope.h"
#include "client/cancellation.h"
#include "client/load/target/call_messages.h"
#include "client/load/target/load_channel.h"
#include "client/load/target/load_target.h"

namespace onebyone {

// Each call an RPC of its own, over the channels in turn. Thread-safe.
class UnaryTarget final : public LoadTarget {
 public:
  UnaryTarget(const LoadChannels& channels, std::shared_ptr<const CallMessages> messages, absl::Duration deadline);
  ~UnaryTarget() override;

  int64_t Start(const PlannedCall& call, Done done) override;
  void CancelAll() override;

 private:
  struct Call;
  void End(Call& call, const grpc::Status& status);

  const CallDefaults defaults_;
  const std::shared_ptr<const CallMessages> messages_;
  const std::string method_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  absl::Mutex mutex_;
  std::shared_ptr<Cancellation> cancellation_ ABSL_GUARDED_BY(mutex_);  // of the calls since the last CancelAll
  size_t next_stub_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace onebyone
