#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "client/load/run/load_loop.h"

namespace onebyone {

// So many users, each of whom sends a call when the last one was answered and the think time has passed. Latencies are
// from sending: what a stalled server kept from being sent is not seen, which is what an open loop is for.
class ClosedLoop final : public LoadLoop {
 public:
  ClosedLoop(LoadPhases phases, int64_t concurrency, int64_t think_ns, LoadTarget& target, LoadClock& clock,
             CallLog& log);

  void Run() override;
  void EndWarmUp() override;
  void Stop() override;

 private:
  // A user whose think time ends at `due_ns`.
  using Ready = std::priority_queue<int64_t, std::vector<int64_t>, std::greater<>>;

  // Sends the next call for one user, or retires the user where there is none.
  void SendNext(int64_t due_ns);
  void Answered();
  bool RunDue();

  const int64_t concurrency_;
  const int64_t think_ns_;
  const int64_t measured_ns_;
  LoadTarget& target_;
  LoadClock& clock_;
  CallLog& log_;
  absl::Mutex mutex_;
  LoadPhases phases_ ABSL_GUARDED_BY(mutex_);
  bool warming_up_ ABSL_GUARDED_BY(mutex_);
  bool begun_ ABSL_GUARDED_BY(mutex_) = false;  // the measured time
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t end_ns_ ABSL_GUARDED_BY(mutex_) = 0;  // of the measured time
  int64_t active_ ABSL_GUARDED_BY(mutex_) = 0;  // users that are not retired
  Ready ready_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
