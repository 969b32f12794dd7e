#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/runtime/cancellation.h"

namespace onebyone {

struct LaneTools;

// One request as the scheduler sees it: some images, each to be run or skipped by exactly one lane, exactly once.
// Images of one job run on several lanes at the same time.
//
// The scheduler borrows a job from Schedule until the last of its Run and Skip calls has begun; the job may end itself
// inside that call.
class Job {
 public:
  virtual ~Job() = default;

  virtual int images() const = 0;
  // Asked by lanes before each image.
  virtual const Cancellation& cancellation() const = 0;
  // Computes image `index` on a lane. `waited`: since Schedule. Must not throw: whatever goes wrong is the image's
  // status.
  virtual void Run(int index, LaneTools& tools, absl::Duration waited) noexcept = 0;
  // Image `index` is not computed, for this reason.
  virtual void Skip(int index, const absl::Status& reason) noexcept = 0;
};

}  // namespace onebyone
