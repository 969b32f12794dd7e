#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace onebyone {

// Serves one text at http://HOST:PORT/metrics on a thread of its own. Thread-safe.
class MetricsServer {
 public:
  // `address`: HOST:PORT, port 0 picks a free one. INVALID_ARGUMENT where it is not that, UNAVAILABLE where it cannot
  // be listened on.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Listen(const std::string& address);
  ~MetricsServer();

  void Publish(std::string text);
  int port() const { return port_; }

 private:
  class Http;
  MetricsServer(std::unique_ptr<Http> http, int port);

  const std::unique_ptr<Http> http_;
  const int port_;
};

}  // namespace onebyone
