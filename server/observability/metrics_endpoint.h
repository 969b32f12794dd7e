#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace prometheus {
class Collectable;
}

namespace onebyone {

// Metrics in Prometheus' text format at http://HOST:PORT/metrics, on threads of its own, so that it answers under any
// load. Plaintext and open to whoever can connect.
//
// Not prometheus::Exposer: its civetweb gives threads 100 KiB of stack, of which the libraries of this program take
// thread-local memory, and what is left is too little (it crashed).
class MetricsEndpoint {
 public:
  using Collectables = std::vector<std::shared_ptr<prometheus::Collectable>>;

  // `address`: HOST:PORT, port 0 picks a free one. UNAVAILABLE where it cannot be listened on.
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Listen(const std::string& address, Collectables collectables);
  // Ends what is being answered.
  ~MetricsEndpoint();

  int port() const { return port_; }

 private:
  class Http;
  MetricsEndpoint(std::unique_ptr<Http> http, int port);

  const std::unique_ptr<Http> http_;
  const int port_;
};

}  // namespace onebyone
