#pragma once

#include <string>

#include "absl/time/time.h"

namespace onebyone {

// Who waits for an answer, and how long.
struct Caller {
  std::string client;  // jobs of one client share its turn; a connection is one
  absl::Time deadline = absl::InfiniteFuture();
};

}  // namespace onebyone
