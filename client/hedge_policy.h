#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace onebyone {

// Whether ExtractFeatures is asked a second time where the first answer is slow to come (a hedge): the first answer
// counts, the other call is cancelled. With several addresses the hedge goes to the one whose turn it is, with two or
// more mostly another. At most one hedge a call.
//
// A call that a server has refused (UNAVAILABLE, RESOURCE_EXHAUSTED, any pushback) is never hedged: it is tried again
// as RetryPolicy says, after the time that the server asked for. A hedge that fails changes nothing.
struct HedgePolicy {
  // One of both, or neither: no hedging.
  double percentile = 0;                        // hedge what takes longer than so many of 100 recent calls; 50 to 99
  absl::Duration delay = absl::ZeroDuration();  // hedge what takes longer than this

  // Of all calls so many at the most are hedged, counted from the client's first call on; in (0, 1]. A call that is not
  // hedged saves for later ones, 20 hedges at the most. What servers refuse is taken off too.
  double budget = 0.05;

  bool enabled() const { return percentile > 0 || delay > absl::ZeroDuration(); }

  // INVALID_ARGUMENT, naming the option, what is wanted and what it is.
  absl::Status Validate() const;
};

// Since the client was made.
struct HedgeCounts {
  int64_t calls = 0;   // of ExtractFeatures
  int64_t hedged = 0;  // those that were asked twice
  int64_t won = 0;     // those whose second answer came first
};

}  // namespace onebyone
