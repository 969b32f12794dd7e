#pragma once

#include "absl/time/time.h"

namespace onebyone {

// The time by the steady clock, counted from what the wall clock told when it was first asked: for deadlines and for
// how long something took. A wall clock that is set, forward or back, moves none of them; it is the one for what people
// read.
absl::Time SteadyNow();

}  // namespace onebyone
