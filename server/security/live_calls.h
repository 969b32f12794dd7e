#pragma once

#include <cstddef>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/clock.h"

namespace onebyone {

// Bounds the calls that are alive: of a connection, and of all. HTTP/2 holds a client to so many open streams, but one
// that it has reset is no longer open, while gRPC 1.51 keeps its call, of 13 KB, until the server has seen it begin and
// end: four connections that opened and reset streams without a pause took 5 GB in five seconds (CVE-2023-44487).
//
// Of a call that ends before its service sees it, gRPC tells nobody. So each count also shrinks with time, by far more
// than honest clients lose so, and far less than a storm of resets brings. Thread-safe.
class LiveCalls {
 public:
  struct Limits {
    int of_connection = 1024;
    int of_all = 16384;     // then only connections with few calls get more:
    int when_crowded = 64;  // of such a one
  };

  explicit LiveCalls(Clock clock) : clock_(std::move(clock)) {}

  void SetLimits(const Limits& limits);  // before the port opens

  // A call begins, before its service sees it. RESOURCE_EXHAUSTED, and not counted, where too many are alive.
  // `connection`: what gRPC has one of for each.
  absl::Status Begin(const void* connection);
  // It has ended. Nothing for those of a connection that is not known.
  void End(const void* connection);

 private:
  struct Count {
    double calls = 0;
    absl::Time at = absl::InfinitePast();  // when it was that

    void Shrink(absl::Time now, double a_second);
  };

  void ForgetIdle(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock clock_;
  absl::Mutex mutex_;
  Limits limits_ ABSL_GUARDED_BY(mutex_);
  std::unordered_map<const void*, Count> connections_ ABSL_GUARDED_BY(mutex_);
  Count all_ ABSL_GUARDED_BY(mutex_);
  absl::Time told_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();  // when the log was
};

}  // namespace onebyone
