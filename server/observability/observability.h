#pragma once

#include <grpcpp/server_context.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/clock.h"
#include "server/observability/access_entry.h"
#include "server/observability/access_log.h"
#include "server/observability/call_origin.h"
#include "server/observability/gauges.h"
#include "server/observability/load_reporter.h"
#include "server/observability/metrics_endpoint.h"
#include "server/observability/observability_options.h"
#include "server/observability/process_metrics.h"
#include "server/observability/server_metrics.h"

namespace onebyone {

// All by which the server tells of itself, wired together. Thread-safe.
class Observability {
 public:
  // UNAVAILABLE where the access log cannot be opened. `scheduler` must outlive this.
  static absl::StatusOr<std::unique_ptr<Observability>> Create(const ObservabilityOptions& options,
                                                               Scheduler& scheduler, Clock clock);

  // Opens the Prometheus endpoint, where one is asked for. UNAVAILABLE where it cannot be listened on. `models` and
  // `answers`, those of the response cache or null, must outlive this.
  absl::Status Listen(const ModelRegistry& models, const AnswerStore* answers);
  int metrics_port() const { return endpoint_ == nullptr ? 0 : endpoint_->port(); }  // 0: no endpoint

  ServerMetrics& metrics() { return metrics_; }
  LoadReporter* load_reporter() { return load_reporter_.get(); }  // null: no reports
  const Clock& clock() const { return clock_; }

  // Everything below does nothing without an access log.
  bool logs_access() const { return access_log_ != nullptr; }
  CallOrigins& origins() { return origins_; }
  // Null where nothing is known of the call.
  const CallOrigin* OriginOf(const grpc::ServerContextBase* call) const {
    return logs_access() ? origins_.Find(call) : nullptr;
  }
  void LogAccess(const AccessEntry& entry);
  // For log rotation: the access log goes on in a new file of the same name.
  absl::Status ReopenLogs() { return logs_access() ? access_log_->Reopen() : absl::OkStatus(); }

 private:
  Observability(const ObservabilityOptions& options, Scheduler& scheduler, Clock clock)
      : options_(options), scheduler_(scheduler), clock_(std::move(clock)) {}

  const ObservabilityOptions options_;
  Scheduler& scheduler_;
  const Clock clock_;
  ServerMetrics metrics_;
  CallOrigins origins_;
  std::unique_ptr<AccessLog> access_log_;
  std::unique_ptr<LoadReporter> load_reporter_;
  std::shared_ptr<Gauges> gauges_;
  std::shared_ptr<ProcessMetrics> process_ = std::make_shared<ProcessMetrics>();
  std::unique_ptr<MetricsEndpoint> endpoint_;  // last: it looks at all the others
};

}  // namespace onebyone
