#include "server/scheduler.h"

#include <optional>
#include <utility>

#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::unique_ptr<Scheduler>> Scheduler::Create(int lanes, const LaneTools::Options& tools,
                                                             const Admission::Limits& limits, Clock clock) {
  std::unique_ptr<Scheduler> scheduler(new Scheduler(limits, std::move(clock)));
  for (int i = 0; i < lanes; ++i) {
    ASSIGN_OR_RETURN(std::unique_ptr<LaneTools> own, LaneTools::Create(tools));
    scheduler->lanes_.push_back(std::make_unique<Lane>(std::move(own), [scheduler = scheduler.get()](LaneTools& mine) {
      const std::optional<QueuedImage> image = scheduler->queue_.Pop();
      if (image.has_value()) scheduler->RunImage(*image, mine);
      return image.has_value();
    }));
  }
  return scheduler;
}

Scheduler::~Scheduler() {
  queue_.Close();
  lanes_.clear();
}

absl::Status Scheduler::Schedule(Job& job, int64_t bytes) {
  const int images = job.images();
  RETURN_IF_ERROR(admission_.Admit(images, bytes, job.cancellation().deadline()));
  if (queue_.Push(job, clock_())) return absl::OkStatus();
  admission_.Begin(images);
  admission_.Leave(bytes);
  return absl::UnavailableError("the server has ended its work");
}

bool Scheduler::RunNext(LaneTools& tools) {
  const std::optional<QueuedImage> image = queue_.TryPop();
  if (image.has_value()) RunImage(*image, tools);
  return image.has_value();
}

void Scheduler::RunImage(const QueuedImage& image, LaneTools& tools) {
  admission_.Begin(1);
  const Cancellation& cancellation = image.job->cancellation();
  const absl::Time now = clock_();
  absl::Status wanted = cancellation.Check();
  if (wanted.ok() && now >= cancellation.deadline()) {
    wanted = absl::DeadlineExceededError("the deadline passed while the image waited for a lane");
  }
  if (wanted.ok()) {
    // Before the job's end is told: who has an answer may find the lane still busy, but never below 0.
    busy_.fetch_add(1, std::memory_order_relaxed);
    image.job->Run(image.index, tools, now - image.since);
    busy_.fetch_sub(1, std::memory_order_relaxed);
  } else {
    image.job->Skip(image.index, wanted);
  }
}

}  // namespace onebyone
