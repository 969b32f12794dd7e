#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/random/random.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace onebyone::benchmarks {

struct LoadFlags {
  std::string target;
  std::string method = "/onebyone.v1.FeatureExtraction/ExtractFeatures";
  std::string request;   // file of the serialized message
  int64_t vary_at = -1;  // eight bytes of it from here on are another number in each call; -1: all calls are equal
  double rate = 0;       // calls per second, whether or not earlier ones are answered (open loop); 0: closed loop
  int concurrency = 4;   // closed loop: calls in the air
  double seconds = 5;    // that are measured
  double warmup = 1;     // seconds before
  int connections = 1;
  double deadline_ms = 0;         // of each call; 0: none
  double deadline_within_ms = 0;  // of each call, random up to this
  double cancel_within_ms = 0;    // after its start each call is cancelled, at a random time up to this; 0: never
  std::string service_config;     // JSON; turns retries on
};

// What became of the calls that were due in the measured time.
struct LoadOutcome {
  int64_t due = 0;
  std::map<std::string, int64_t> codes;  // by the code's name
  std::string first_error;
  std::vector<double> ok_ms;  // from the moment when the call was due, so that a late sender counts against the server
  std::vector<double> refused_ms;  // RESOURCE_EXHAUSTED, UNAVAILABLE, and DEADLINE_EXCEEDED before the deadline
  int64_t answer_bytes = 0;
  double seconds = 0;
};

// Sends calls of one method with one message and counts what comes back. Thread-safe where gRPC calls it.
class LoadCalls {
 public:
  LoadCalls(const LoadFlags& flags, const std::string& request);
  LoadOutcome Run();

 private:
  struct Call;

  void OpenLoop(absl::Time end);
  void ClosedLoop(absl::Time end);
  void Start(absl::Time due);
  // The message of the call that is started next.
  grpc::ByteBuffer NextRequest();
  void End(Call& call, const grpc::Status& status);
  void CancelWhenDue();
  bool HasFewerThan(int64_t calls) const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return in_air_ < calls; }

  const LoadFlags flags_;
  std::string varied_;  // the message, where it varies
  uint64_t variations_ = 0;
  grpc::ByteBuffer request_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  absl::BitGen random_;  // of the sending thread
  absl::Time measured_from_;
  absl::Time measured_to_;
  size_t next_ = 0;

  mutable absl::Mutex mutex_;
  int64_t in_air_ ABSL_GUARDED_BY(mutex_) = 0;
  LoadOutcome outcome_ ABSL_GUARDED_BY(mutex_);
  std::multimap<absl::Time, std::weak_ptr<Call>> cancels_ ABSL_GUARDED_BY(mutex_);
  bool sent_all_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace onebyone::benchmarks
