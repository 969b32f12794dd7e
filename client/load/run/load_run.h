#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "client/cancellation.h"
#include "client/load/report/load_progress.h"
#include "client/load/report/load_result.h"
#include "client/load/run/call_log.h"
#include "client/load/run/load_clock.h"
#include "client/load/run/load_loop.h"
#include "client/load/target/load_target.h"

namespace onebyone {

// When the warm-up, which LoadPhases::warm_up must be there for, ends.
struct WarmUpOptions {
  absl::Duration length = absl::ZeroDuration();  // above 0: after so long; 0: when it is stable
  absl::Duration longest = absl::Seconds(30);    // and if it never is, after so long
  absl::Duration window = absl::Seconds(1);
  double tolerance = 0.1;  // of median latency and rate, between windows
};

struct LoadRunOptions {
  LoopKind loop = LoopKind::kOpen;
  int64_t concurrency = 1;  // closed loop
  absl::Duration think = absl::ZeroDuration();
  int64_t max_outstanding = 5000;  // open loop
  bool ends_by_count = false;      // the plan has a number of calls; the measured time ends with the last of them
  WarmUpOptions warm_up;
  absl::Duration deadline = absl::Seconds(60);      // of a call: how long to wait for answers at the end
  bool keep_going = false;                          // else the run ends when the server is gone
  absl::Duration objective = absl::ZeroDuration();  // 0: none
  int64_t give_up_over = 0;  // ends the run once so many calls took longer than the objective; 0: never
};

// What a run came to, before it is put into figures.
struct LoadRunOutcome {
  MeasuredCalls calls;
  WarmUp warm_up;
  std::string ended = "complete";  // or why it ended early
  bool interrupted = false;
  bool server_gone = false;
  bool gave_up = false;   // give_up_over
  bool measured = false;  // false: it ended in the warm-up
  int64_t start_unix_ms = 0;
  double client_cpu_share = 0;  // of all usable CPUs, while it was measured
};

// What a run tells while it goes on; each may be empty.
struct LoadRunHooks {
  std::function<void(const LoadProgress&)> progress;  // about once a second and at the end, on the caller's thread
  std::function<void()> begun;                        // the measured time begins; on the caller's thread
  CallLog::Observer answered;                         // a measured call was answered; on the thread of its answer
  CallLog::Namer name;                                // a call in words, for the first error of a kind
};

// Runs the plans against the target: warm-up, measured time, waiting for the last answers. Blocks. Interruption stops
// the sending, waits a second for answers and cuts off the rest. `clock` is the one of the calls; the warm-up is judged
// and the caller told by the machine's own.
LoadRunOutcome RunLoad(const LoadRunOptions& options, LoadPhases phases, LoadTarget& target, LoadClock& clock,
                       const Cancellation& interruption, LoadRunHooks hooks = {});

}  // namespace onebyone
