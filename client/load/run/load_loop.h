#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "client/load/run/call_log.h"
#include "client/load/run/load_clock.h"
#include "client/load/schedule/call_plan.h"
#include "client/load/target/load_target.h"

namespace onebyone {

// The calls of a run, in the order in which they are sent: those of the warm-up until EndWarmUp, then those that are
// measured.
struct LoadPhases {
  std::unique_ptr<CallPlan> warm_up;  // null: none
  std::unique_ptr<CallPlan> measured;
  int64_t measured_ns = 0;  // length of the measured time
};

// Sends calls until its plans have ended. Run blocks and belongs to one thread, the rest is thread-safe.
class LoadLoop {
 public:
  virtual ~LoadLoop() = default;
  // Returns when nothing more will be sent; calls may still be in the air.
  virtual void Run() = 0;
  // From the next call on, calls are measured.
  virtual void EndWarmUp() = 0;
  // Nothing more is sent.
  virtual void Stop() = 0;
};

// Sends each call at its moment, whatever the server does. Where `max_outstanding` calls are in the air a call is not
// sent and counted as such: a loop that waited instead would be a closed one without saying so.
class OpenLoop final : public LoadLoop {
 public:
  OpenLoop(LoadPhases phases, int64_t max_outstanding, LoadTarget& target, LoadClock& clock, CallLog& log);

  void Run() override;
  void EndWarmUp() override { warming_up_.store(false); }
  void Stop() override;

 private:
  bool Send(const PlannedCall& call, int64_t start_ns, bool measured);

  LoadPhases phases_;
  const int64_t max_outstanding_;
  LoadTarget& target_;
  LoadClock& clock_;
  CallLog& log_;
  std::atomic<bool> warming_up_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace onebyone
