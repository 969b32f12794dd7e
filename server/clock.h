#pragma once

#include <functional>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace onebyone {

// Where the time comes from. Passed in, so that tests turn the hands themselves and never sleep.
using Clock = std::function<absl::Time()>;

inline Clock WallClock() {
  return [] { return absl::Now(); };
}

}  // namespace onebyone
