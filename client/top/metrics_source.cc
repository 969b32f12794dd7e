#include "client/top/metrics_source.h"

#include <httplib.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

constexpr size_t kMostBytes = size_t{16} << 20;
constexpr int kSeconds = 5;

// False, and nothing written, where `address` is no HOST:PORT.
bool Split(const std::string& address, std::string& host, int& port) {
  const size_t colon = address.rfind(':');
  int number = 0;
  if (colon == std::string::npos || colon == 0 || !absl::SimpleAtoi(address.substr(colon + 1), &number)) return false;
  if (number < 1 || number > 65535) return false;
  host = address.substr(0, colon);
  port = number;
  return true;
}

}  // namespace

absl::Status CheckMetricsAddress(const std::string& address) {
  std::string host;
  int port = 0;
  if (Split(address, host, port)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--metrics: wanted HOST:PORT, got '", address, "'"));
}

absl::StatusOr<std::string> FetchMetrics(const std::string& address) {
  std::string host;
  int port = 0;
  if (!Split(address, host, port)) return CheckMetricsAddress(address);
  httplib::Client http(host, port);
  http.set_connection_timeout(kSeconds);
  http.set_read_timeout(kSeconds);
  std::string body;
  const httplib::Result result = http.Get("/metrics", [&body](const char* data, size_t size) {
    body.append(data, size);
    return body.size() <= kMostBytes;
  });
  if (!result) {
    return absl::UnavailableError(
        absl::StrCat("http://", address, "/metrics: no answer (", httplib::to_string(result.error()), ")"));
  }
  if (result->status != 200) {
    return absl::UnavailableError(absl::StrCat("http://", address, "/metrics: wanted 200, got ", result->status));
  }
  return body;
}

}  // namespace onebyone
