#include "server/observability/observability.h"

#include <spdlog/spdlog.h>

#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::unique_ptr<Observability>> Observability::Create(const ObservabilityOptions& options,
                                                                     Scheduler& scheduler, Clock clock) {
  std::unique_ptr<Observability> made(new Observability(options, scheduler, std::move(clock)));
  if (options.access_log != "off") {
    ASSIGN_OR_RETURN(made->access_log_, AccessLog::Open(options.access_log));
  }
  if (options.load_reports) made->load_reporter_ = std::make_unique<LoadReporter>(scheduler, made->clock_);
  return made;
}

absl::Status Observability::Listen(const ModelRegistry& models, const AnswerStore* answers) {
  if (options_.metrics_listen.empty()) return absl::OkStatus();
  // Every series of a model that serves is there from the start, at 0: a rate needs a point before the first event.
  for (const ModelEntry& entry : models.entries()) {
    if (entry.model != nullptr) metrics_.models().Of(entry.name, entry.version());
  }
  gauges_ = std::make_shared<Gauges>(scheduler_, models, access_log_.get(), answers);
  ASSIGN_OR_RETURN(endpoint_,
                   MetricsEndpoint::Listen(options_.metrics_listen, {metrics_.registry(), gauges_, process_}));
  const std::string& address = options_.metrics_listen;
  spdlog::info("metrics at http://{}:{}/metrics", address.substr(0, address.rfind(':')), endpoint_->port());
  if (options_.metrics_port_file.empty()) return absl::OkStatus();
  return WriteFile(options_.metrics_port_file, absl::StrCat(endpoint_->port(), "\n"));
}

void Observability::LogAccess(const AccessEntry& entry) {
  if (logs_access()) access_log_->Write(FormatAccess(entry, options_.log_format));
}

}  // namespace onebyone
