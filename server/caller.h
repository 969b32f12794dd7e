#pragma once

#include <string>

#include "absl/time/time.h"

namespace onebyone {

// Who waits for an answer, and how long.
struct Caller {
  std::string client;  // jobs of one client share its turn; a connection is one
  absl::Time deadline = absl::InfiniteFuture();
  std::string request_id{};     // what the request calls itself, for the access log; empty where it has no name
  bool waits_for_room = false;  // a refusal for want of room is not its end: it will try again
};

}  // namespace onebyone
