#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/runtime/cancellation.h"
#include "server/priority.h"
#include "server/service_times.h"

namespace onebyone {

struct LaneTools;

// One request as the scheduler sees it: some images, each to be run or skipped by exactly one thread, exactly once.
// Images of one job run on several lanes at the same time. A job may have none, for a request that needs no lane.
//
// The scheduler borrows a job from Schedule until the last of its Run and Skip calls has begun; the job may end itself
// inside that call.
class Job {
 public:
  virtual ~Job() = default;

  virtual int images() const = 0;
  // Asked by lanes before each image.
  virtual const Cancellation& cancellation() const = 0;
  // Whose it is: the jobs of one client share that client's turn. Valid as long as the job.
  virtual absl::string_view client() const = 0;
  virtual Priority priority() const = 0;
  // What its images cost is learned by kind: those of one kind take about the same time, but for decoding, which goes
  // by encoded bytes. Valid as long as the job.
  virtual absl::string_view kind() const = 0;
  // Of all its images.
  virtual int64_t encoded_bytes() const = 0;
  // Computes image `index` on a lane and says what it took; nothing where that says nothing of other images (it failed
  // or was dropped). `waited`: since Schedule. Must not throw: whatever goes wrong is the image's status.
  virtual std::optional<ServiceTimes::Sample> Run(int index, LaneTools& tools, absl::Duration waited) noexcept = 0;
  // Image `index` is not computed, for this reason.
  virtual void Skip(int index, const absl::Status& reason) noexcept = 0;
};

}  // namespace onebyone
