#include "client/load/report/run_watch.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/load/report/live_line.h"
#include "client/load/report/metrics_push.h"
#include "client/load/report/metrics_server.h"
#include "client/load/report/progress_metrics.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::unique_ptr<RunWatch>> RunWatch::Create(const RunWatchOptions& options, std::ostream& err,
                                                           int columns) {
  std::unique_ptr<MetricsServer> server;
  std::unique_ptr<MetricsPush> push;
  if (!options.metrics_listen.empty()) {
    ASSIGN_OR_RETURN(server, MetricsServer::Listen(options.metrics_listen));
  }
  if (!options.metrics_push.empty()) {
    ASSIGN_OR_RETURN(push, MetricsPush::Create(options.metrics_push));
  }
  return std::unique_ptr<RunWatch>(new RunWatch(options, err, columns, std::move(server), std::move(push)));
}

RunWatch::RunWatch(const RunWatchOptions& options, std::ostream& err, int columns,
                   std::unique_ptr<MetricsServer> server, std::unique_ptr<MetricsPush> push)
    : labels_(options.labels), columns_(columns), server_(std::move(server)), push_(std::move(push)), err_(err) {}

RunWatch::~RunWatch() {
  absl::MutexLock lock(&mutex_);
  Erase();
}

void RunWatch::Show(const LoadProgress& progress) {
  if (server_ != nullptr || push_ != nullptr) {
    const std::string text = ProgressMetrics(progress, labels_);
    if (server_ != nullptr) server_->Publish(text);
    if (push_ != nullptr) push_->Publish(text);
  }
  if (columns_ <= 0) return;
  absl::MutexLock lock(&mutex_);
  line_ = LiveLine(progress, columns_);
  err_ << "\r\x1b[K" << line_ << std::flush;
}

void RunWatch::Say(absl::string_view line) {
  absl::MutexLock lock(&mutex_);
  const std::string live = line_;
  Erase();
  err_ << absl::StrCat(line, "\n", live) << std::flush;
  line_ = live;
}

int RunWatch::metrics_port() const { return server_ == nullptr ? 0 : server_->port(); }

absl::Status RunWatch::push_status() const { return push_ == nullptr ? absl::OkStatus() : push_->status(); }

void RunWatch::Erase() {
  if (!line_.empty()) err_ << "\r\x1b[K" << std::flush;
  line_.clear();
}

}  // namespace onebyone
