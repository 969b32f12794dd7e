#pragma once

#include <map>
#include <memory>
#include <ostream>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/load/report/load_progress.h"

namespace onebyone {

class MetricsServer;
class MetricsPush;

struct RunWatchOptions {
  std::string metrics_listen;                 // HOST:PORT to be scraped at, port 0: a free one; "": not
  std::string metrics_push;                   // http://HOST:PORT of a Pushgateway; "": not
  std::map<std::string, std::string> labels;  // of each metric: target, model
};

// Shows a run while it goes on: one line on a terminal, redrawn in place, and metrics for Prometheus. Thread-safe.
class RunWatch {
 public:
  // `err`: for the line, with `columns` characters; 0 columns: no terminal, no line. UNAVAILABLE where
  // metrics_listen cannot be listened on, INVALID_ARGUMENT where it is not HOST:PORT or metrics_push no http:// URL.
  static absl::StatusOr<std::unique_ptr<RunWatch>> Create(const RunWatchOptions& options, std::ostream& err,
                                                          int columns);
  // Takes the line away, pushes the last figures and ends the endpoint.
  ~RunWatch();

  // At most every 100 ms (or so) is worth it. Never waits for a network.
  void Show(const LoadProgress& progress);

  // A line of its own, above the live one; on no terminal too.
  void Say(absl::string_view line);

  // Of the endpoint; 0: none.
  int metrics_port() const;

  // Why the last push failed; OK where it did not or none was asked for.
  absl::Status push_status() const;

 private:
  RunWatch(const RunWatchOptions& options, std::ostream& err, int columns, std::unique_ptr<MetricsServer> server,
           std::unique_ptr<MetricsPush> push);
  void Erase() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::map<std::string, std::string> labels_;
  const int columns_;
  const std::unique_ptr<MetricsServer> server_;
  const std::unique_ptr<MetricsPush> push_;
  absl::Mutex mutex_;
  std::ostream& err_ ABSL_GUARDED_BY(mutex_);
  std::string line_ ABSL_GUARDED_BY(mutex_);  // as it stands on the terminal
};

}  // namespace onebyone
