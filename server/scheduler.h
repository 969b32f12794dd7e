#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/admission.h"
#include "server/clock.h"
#include "server/image_queue.h"
#include "server/lane.h"
#include "server/service_times.h"

namespace onebyone {

// Puts jobs that admission lets in before the lanes, which do all image work. Thread-safe.
class Scheduler {
 public:
  // `lanes` threads, each with tools of its own; 0 makes none, and who owns the scheduler calls RunNext (tests).
  // Errors: those of LaneTools::Create.
  static absl::StatusOr<std::unique_ptr<Scheduler>> Create(int lanes, const LaneTools::Options& tools,
                                                           const Admission::Limits& limits, Clock clock);
  // Finishes what is queued, then ends the lanes.
  ~Scheduler();

  // Takes `job`, or refuses it at once with the status of Admission::Admit and calls nothing of it. `bytes`: what the
  // request holds until Leave is called. Of a job without images nothing is called. Never blocks long.
  absl::Status Schedule(Job& job, int64_t bytes);
  // The request of a job that Schedule took has been answered.
  void Leave(const Job& job, int64_t bytes) { admission_.Leave(job.client(), bytes); }

  // Runs or drops the next image on the calling thread. False where there is none.
  bool RunNext(LaneTools& tools);

  // Nobody wants the result of `job` any more: skips the images of it that wait, on the calling thread, so that they
  // take no place in the queue. Those in work end at their next step, where its cancellation says so.
  void Withdraw(Job& job);

  Admission& admission() { return admission_; }
  // Images that are being worked on now.
  int busy_lanes() const { return static_cast<int>(admission_.images_in_work()); }
  int lanes() const { return static_cast<int>(lanes_.size()); }

 private:
  Scheduler(int lanes, const Admission::Limits& limits, Clock clock)
      : clock_(clock), admission_(limits, lanes, clock) {}

  void RunImage(const QueuedImage& image, LaneTools& tools);

  const Clock clock_;
  Admission admission_;
  ServiceTimes service_times_;
  ImageQueue queue_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace onebyone
