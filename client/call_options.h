#pragma once

#include <string>

#include "absl/time/time.h"
#include "client/cancellation.h"

namespace onebyone {

struct CallOptions {
  absl::Duration deadline = absl::ZeroDuration();  // 0: the client's
  Cancellation* cancellation = nullptr;            // borrowed until the call has ended
};

// What the calls of a client have in common.
struct CallDefaults {
  absl::Duration deadline;    // unless a call has its own
  std::string authorization;  // the header of that name; empty: none
};

}  // namespace onebyone
