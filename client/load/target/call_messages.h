#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "client/load/schedule/call_plan.h"
#include "client/load/target/load_target.h"

namespace onebyone {

enum class AnswerDepth {
  kTimes,      // statuses and the server's times; maps are skipped, not copied
  kChecksums,  // all of it
};

// The messages of one protocol for one question. What a picture adds to a message is serialized once; a call's message
// is put together of slices that point into this object, which outlives every call. Immutable, thread-safe.
class CallMessages {
 public:
  virtual ~CallMessages() = default;

  // As gRPC names it: "/package.Service/Method".
  virtual std::string method() const = 0;
  virtual grpc::ByteBuffer Request(const PlannedCall& call) const = 0;
  // What an answer that came with OK says: the code of the first picture that failed, times, checksums. INTERNAL where
  // it cannot be read or answers another number of pictures.
  virtual void ReadAnswer(grpc::ByteBuffer answer, const PlannedCall& call, CallOutcome& outcome) const = 0;
};

}  // namespace onebyone
