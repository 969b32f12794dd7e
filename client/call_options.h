#pragma once

#include "absl/time/time.h"
#include "client/cancellation.h"

namespace onebyone {

struct CallOptions {
  absl::Duration deadline = absl::ZeroDuration();  // 0: the client's
  Cancellation* cancellation = nullptr;            // borrowed until the call has ended
};

}  // namespace onebyone
