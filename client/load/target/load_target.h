#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "client/load/schedule/call_plan.h"

namespace onebyone {

// Where a server says that the time of a call went, in the order of a request's way.
enum class ServerStage { kQueue, kDecode, kPreprocess, kNetwork, kReduce, kEncode, kTotal };
inline constexpr size_t kServerStages = 7;
inline constexpr std::array<const char*, kServerStages> kServerStageNames = {
    "queue", "decode", "preprocess", "network", "reduce", "encode", "total"};

// What one output of one picture was.
struct AnswerChecksum {
  int32_t picture = 0;  // its place in the call
  std::string output;   // layer or tensor
  uint64_t checksum = 0;

  bool operator==(const AnswerChecksum&) const = default;
};

// How a call ended.
struct CallOutcome {
  int code = 0;              // grpc::StatusCode; of a call that was answered, that of its first picture that failed
  std::string message = {};  // where the code is not OK
  int64_t bytes_in = 0;
  std::optional<std::array<int64_t, kServerStages>> stages_us = {};  // absent: the server does not tell
  std::vector<AnswerChecksum> checksums = {};                        // empty unless the target was made to take them
};

// Somebody who answers calls: a server behind gRPC, or in tests a piece of code. Thread-safe.
class LoadTarget {
 public:
  using Done = absl::AnyInvocable<void(CallOutcome)>;

  // Outlives its calls: the destructor is not run before every `done` has returned.
  virtual ~LoadTarget() = default;

  // Sends the call and returns at once, with the bytes of its message; `done` is called exactly once, on any thread.
  virtual int64_t Start(const PlannedCall& call, Done done) = 0;

  // The calls under way end soon, with CANCELLED where they were not answered; later ones are not concerned.
  virtual void CancelAll() = 0;

  // To be called now and then: ends calls past their deadline where the protocol does not.
  virtual void ExpireOverdue() {}
};

}  // namespace onebyone
