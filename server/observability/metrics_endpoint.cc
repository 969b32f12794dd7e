#include "server/observability/metrics_endpoint.h"

#include <prometheus/exposer.h>

#include <exception>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace onebyone {

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Listen(
    const std::string& address, const std::vector<std::shared_ptr<prometheus::Collectable>>& collectables) {
  // civetweb knows no names of hosts.
  const std::string numeric =
      absl::StartsWith(address, "localhost:") ? absl::StrCat("127.0.0.1:", address.substr(10)) : address;
  try {
    // Two threads, and no client may hold one of them for more than five seconds.
    auto exposer = std::make_unique<prometheus::Exposer>(std::vector<std::string>{
        "listening_ports", numeric, "num_threads", "2", "request_timeout_ms", "5000", "keep_alive_timeout_ms", "500"});
    const std::vector<int> ports = exposer->GetListeningPorts();
    if (ports.empty()) return absl::UnavailableError(absl::StrCat("--metrics-listen: no port at ", address));
    for (const auto& collectable : collectables) exposer->RegisterCollectable(collectable);
    return std::unique_ptr<MetricsEndpoint>(new MetricsEndpoint(std::move(exposer), ports.front()));
  } catch (const std::exception& error) {  // of civetweb, which does not tell which of the reasons it was
    return absl::UnavailableError(absl::StrCat("--metrics-listen: cannot listen on ", address,
                                               ": in use, not an address of this machine, or not permitted"));
  }
}

MetricsEndpoint::MetricsEndpoint(std::unique_ptr<prometheus::Exposer> exposer, int port)
    : exposer_(std::move(exposer)), port_(port) {}

MetricsEndpoint::~MetricsEndpoint() = default;

}  // namespace onebyone
