#include "client/commands/report_flags.h"

namespace onebyone {

void AddReportFlags(CLI::App& command, ReportFiles& files) {
  command.add_option("--json", files.json, "Write all that was found, for 'onebyone compare'")->type_name("FILE");
  command.add_option("--html", files.html, "Write one page with charts")->type_name("FILE");
  command.add_option("--csv", files.csv, "Write perf_analyzer's columns")->type_name("FILE");
  command.add_option("--hgrm", files.hgrm, "Write HdrHistogram's percentile distribution")->type_name("FILE");
}

void AddWatchFlags(CLI::App& command, RunWatchOptions& options) {
  command
      .add_option("--metrics-listen", options.metrics_listen, "Serve the run's metrics to Prometheus while it goes on")
      ->type_name("HOST:PORT");
  command.add_option("--metrics-push", options.metrics_push, "Push the run's metrics to a Pushgateway every 5 s")
      ->type_name("URL");
}

}  // namespace onebyone
