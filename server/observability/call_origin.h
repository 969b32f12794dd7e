#pragma once

#include <grpcpp/server_context.h>

#include <array>
#include <atomic>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace onebyone {

// Who called what, for the access log.
struct CallOrigin {
  std::string id;           // `x-request-id` of the call where it is fit, else 16 random hex digits
  std::string traceparent;  // W3C; empty where the call has none or a wrong one
  std::string peer;         // as gRPC writes it, at most 128 bytes
  std::string method;       // /package.Service/Method, a served one, or "unknown"
  absl::Time arrival;
  mutable std::atomic<int> requests{0};  // that have been logged under this call

  CallOrigin() = default;
};

// True for a traceparent as https://www.w3.org/TR/trace-context/ wants it: version 00 of 55 characters, or the start of
// a later version.
bool IsTraceparent(absl::string_view text);

// Takes id, traceparent and peer from a call. `method` and `arrival` are left.
void ReadOrigin(const grpc::ServerContextBase& call, CallOrigin& origin);

// The origins of the calls in work, to be found by their contexts. Thread-safe.
class CallOrigins {
 public:
  // `origin` must live until Remove.
  void Add(const grpc::ServerContextBase* call, const CallOrigin* origin);
  void Remove(const grpc::ServerContextBase* call);
  // Null where there is none; else good until the call has ended.
  const CallOrigin* Find(const grpc::ServerContextBase* call) const;

 private:
  struct Shard {
    mutable absl::Mutex mutex;
    absl::flat_hash_map<const grpc::ServerContextBase*, const CallOrigin*> origins ABSL_GUARDED_BY(mutex);
  };
  Shard& ShardOf(const grpc::ServerContextBase* call) const;

  mutable std::array<Shard, 16> shards_;
};

}  // namespace onebyone
