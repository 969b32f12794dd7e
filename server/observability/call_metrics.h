#pragma once

#include <grpcpp/support/status.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace onebyone {

// The metrics of one method of one service: grpc_server_*. Thread-safe.
class MethodMetrics {
 public:
  bool is_unary() const { return is_unary_; }
  void CountStart() { started_.Increment(); }
  // `code` is what the call was answered with, after `duration`.
  void CountEnd(grpc::StatusCode code, absl::Duration duration);

 private:
  friend class CallMetrics;
  MethodMetrics(prometheus::Labels labels, prometheus::Counter& started, prometheus::Histogram& seconds,
                prometheus::Family<prometheus::Counter>& handled)
      : labels_(std::move(labels)),
        is_unary_(labels_.at("grpc_type") == "unary"),
        started_(started),
        seconds_(seconds),
        handled_(handled) {}

  const prometheus::Labels labels_;
  const bool is_unary_;
  prometheus::Counter& started_;
  prometheus::Histogram& seconds_;
  prometheus::Family<prometheus::Counter>& handled_;
  // Each child is looked up at the first call that ends so: most methods end in two or three ways.
  std::array<std::atomic<prometheus::Counter*>, 17> by_code_{};
};

// grpc_server_started_total, grpc_server_handled_total and grpc_server_handling_seconds with the labels and values of
// go-grpc-prometheus. Only methods that this program serves have labels of their own; all others are one method
// "unknown" of a service "unknown". Immutable; thread-safe.
class CallMetrics {
 public:
  explicit CallMetrics(prometheus::Registry& registry);

  // `path` is /package.Service/Method.
  MethodMetrics& Of(absl::string_view path) const;
  // True for methods that Of has a label for.
  bool Knows(absl::string_view path) const { return methods_.contains(path); }

 private:
  std::unique_ptr<MethodMetrics> Make(const std::string& type, const std::string& service, const std::string& method);

  prometheus::Family<prometheus::Counter>& started_;
  prometheus::Family<prometheus::Counter>& handled_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  absl::flat_hash_map<std::string, std::unique_ptr<MethodMetrics>> methods_;
  std::unique_ptr<MethodMetrics> unknown_;
};

// "OK", "Canceled", "InvalidArgument": as grpc_code is written in Go and in most dashboards.
const char* CodeName(grpc::StatusCode code);

}  // namespace onebyone
