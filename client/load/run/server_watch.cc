#include "client/load/run/server_watch.h"

#include <grpcpp/support/status.h>

#include <algorithm>

namespace onebyone {

void ServerWatch::Add(const std::map<int, CodeTally>& codes, absl::Time now) {
  for (const auto& [code, tally] : codes) {
    if (code == grpc::StatusCode::UNAVAILABLE) {
      message_ = tally.example;
      continue;
    }
    since_ = absl::InfiniteFuture();
    return;
  }
  if (codes.empty()) return;
  since_ = std::min(since_, now);
  gone_ = now - since_ >= kGoneAfter;
}

}  // namespace onebyone
