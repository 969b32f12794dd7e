#include "server/observability/observability_options.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace onebyone {

absl::Status ObservabilityOptions::Validate() const {
  if (access_log.empty()) {
    return absl::InvalidArgumentError("--access-log: wanted a file, - for standard output, or off, got nothing");
  }
  if (metrics_listen.empty()) {
    if (metrics_port_file.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError("--metrics-port-file: wanted --metrics-listen beside it, got none");
  }
  const size_t colon = metrics_listen.rfind(':');
  int port = -1;
  if (colon != std::string::npos && colon > 0 && absl::SimpleAtoi(metrics_listen.substr(colon + 1), &port) &&
      port >= 0 && port <= 65535) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--metrics-listen: wanted HOST:PORT with a port of 0 to 65535, got '", metrics_listen, "'"));
}

}  // namespace onebyone
