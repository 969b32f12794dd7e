#pragma once

#include <functional>

#include "absl/time/time.h"
#include "engine/base/steady_time.h"

namespace onebyone {

// Where the time comes from. Passed in, so that tests turn the hands themselves and never sleep.
using Clock = std::function<absl::Time()>;

// The one of a server: no deadline passes, and no wait grows, because somebody sets the wall clock.
inline Clock SteadyClock() {
  return [] { return SteadyNow(); };
}

}  // namespace onebyone
