#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace onebyone::testing {

// How long a server takes that does nothing else.
struct DelayOptions {
  absl::Duration service = absl::ZeroDuration();  // of one call
  int lanes = 0;                                  // calls at a time, first come first served; 0: any number
  std::string listen = "127.0.0.1:0";
};

// A gRPC server whose delays are known: it answers ExtractFeatures with one result, each after `service`, and nothing
// within a stall; all other methods are UNIMPLEMENTED. Knows nothing of images. Thread-safe.
class DelayServer {
 public:
  explicit DelayServer(const DelayOptions& options);
  ~DelayServer();

  int port() const { return port_; }
  std::string target() const;

  // From `from` on for so long nothing is answered; then at once what would have been answered meanwhile.
  void StallAt(absl::Time from, absl::Duration length);
  int64_t calls() const { return calls_.load(); }
  // Ends at once, calls under way with it.
  void Stop();

 private:
  class Service;
  class Call;
  absl::Time AnswerTime(absl::Time arrival);
  void AnswerWhenDue();

  const DelayOptions options_;
  const grpc::ByteBuffer answer_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::atomic<int64_t> calls_ = 0;
  absl::Mutex mutex_;
  std::multimap<absl::Time, Call*> due_ ABSL_GUARDED_BY(mutex_);
  std::vector<absl::Time> lane_free_ ABSL_GUARDED_BY(mutex_);  // when each lane is
  absl::Time stall_from_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  absl::Time stall_to_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread answerer_;
};

}  // namespace onebyone::testing
