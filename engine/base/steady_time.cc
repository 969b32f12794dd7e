#include "engine/base/steady_time.h"

#include <chrono>

#include "absl/time/clock.h"

namespace onebyone {

absl::Time SteadyNow() {
  using SteadyClock = std::chrono::steady_clock;
  struct Start {
    absl::Time wall = absl::Now();
    SteadyClock::time_point steady = SteadyClock::now();
  };
  static const Start start;
  return start.wall + absl::FromChrono(SteadyClock::now() - start.steady);
}

}  // namespace onebyone
