#pragma once

#include <string>

#include "absl/status/status.h"

namespace onebyone {

enum class LogFormat { kText, kJson };

// What the server tells of itself, and where.
struct ObservabilityOptions {
  std::string metrics_listen{};     // HOST:PORT of the Prometheus endpoint, port 0 picks a free one; empty: none
  std::string metrics_port_file{};  // its port is written here once requests are served; empty: nowhere
  LogFormat log_format = LogFormat::kText;
  std::string access_log = "off";  // file that gets a line for each request; "-": standard output; "off": none
  bool load_reports = false;       // ORCA load reports in the trailers of each call

  // INVALID_ARGUMENT naming the option, what was wanted and what was got.
  absl::Status Validate() const;
};

}  // namespace onebyone
