#pragma once

#include <map>
#include <string>

#include "client/load/report/load_progress.h"

namespace onebyone {

// A run in Prometheus' text format. Each metric bears `labels`:
//   onebyone_load_requests_total           sent
//   onebyone_load_never_sent_total, onebyone_load_late_total
//   onebyone_load_answers_total{code}
//   onebyone_load_latency_seconds          histogram of answers that were OK
//   onebyone_load_bytes_total{direction}   "out", "in"
//   onebyone_load_in_flight, onebyone_load_elapsed_seconds, onebyone_load_client_cpu_share
std::string ProgressMetrics(const LoadProgress& progress, const std::map<std::string, std::string>& labels);

}  // namespace onebyone
