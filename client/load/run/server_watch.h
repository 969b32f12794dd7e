#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"
#include "client/load/run/call_log.h"

namespace onebyone {

// Tells whether the server is gone: for kGoneAfter nothing has come back but UNAVAILABLE. A server that hangs or
// refuses is there. Without a clock. One thread at a time.
class ServerWatch {
 public:
  static constexpr absl::Duration kGoneAfter = absl::Seconds(5);

  // What came back since the last time.
  void Add(const std::map<int, CodeTally>& codes, absl::Time now);

  bool gone() const { return gone_; }
  const std::string& message() const { return message_; }  // the server's absence in gRPC's words

 private:
  absl::Time since_ = absl::InfiniteFuture();  // when UNAVAILABLE began to be all
  bool gone_ = false;
  std::string message_;
};

}  // namespace onebyone
