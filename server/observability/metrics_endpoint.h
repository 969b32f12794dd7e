#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace prometheus {
class Collectable;
class Exposer;
}  // namespace prometheus

namespace onebyone {

// Metrics in Prometheus' text format at http://HOST:PORT/metrics, on threads of its own, so that it answers under any
// load. Plaintext and open to whoever can connect.
class MetricsEndpoint {
 public:
  // `address`: HOST:PORT, port 0 picks a free one. UNAVAILABLE where it cannot be listened on. The endpoint lets go of
  // collectables that have died.
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Listen(
      const std::string& address, const std::vector<std::shared_ptr<prometheus::Collectable>>& collectables);
  ~MetricsEndpoint();

  int port() const { return port_; }

 private:
  MetricsEndpoint(std::unique_ptr<prometheus::Exposer> exposer, int port);

  const std::unique_ptr<prometheus::Exposer> exposer_;
  const int port_;
};

}  // namespace onebyone
