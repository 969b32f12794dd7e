#include "server/scheduler.h"

#include <optional>
#include <string>
#include <utility>

#include "engine/base/status_macros.h"
#include "server/status_details.h"

namespace onebyone {
namespace {

// OK while somebody waits for the result, otherwise why not.
absl::Status WhyUnwanted(const Cancellation& cancellation, absl::Time now) {
  if (now >= cancellation.deadline()) {
    return absl::DeadlineExceededError("the deadline passed while the image waited for a lane");
  }
  return cancellation.Check();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Scheduler>> Scheduler::Create(int lanes, const LaneTools::Options& tools,
                                                             const Admission::Limits& limits, Clock clock) {
  std::unique_ptr<Scheduler> scheduler(new Scheduler(lanes, limits, std::move(clock)));
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
  const absl::Time now = clock_();
  const ServiceTimes::Prediction predicted = service_times_.Predict(job.kind(), job.images(), job.encoded_bytes(), now);
  const Admission::Load load{job.client(), job.priority(), job.images(), predicted.work};
  RETURN_IF_ERROR(admission_.Admit({.load = load,
                                    .work_is_reliable = predicted.is_reliable,
                                    .bytes = bytes,
                                    .deadline = job.cancellation().deadline()}));
  if (job.images() == 0) return absl::OkStatus();
  if (queue_.Push(job, predicted.work / job.images(), now)) return absl::OkStatus();
  admission_.Drop(load);
  admission_.Leave(load.client, bytes);
  return WithRetryAfter(absl::UnavailableError("the server has ended its work"), absl::Seconds(1));
}

bool Scheduler::RunNext(LaneTools& tools) {
  const std::optional<QueuedImage> image = queue_.TryPop();
  if (image.has_value()) RunImage(*image, tools);
  return image.has_value();
}

void Scheduler::Withdraw(Job& job) {
  const std::optional<QueuedImage> first = queue_.Withdraw(job);
  if (!first.has_value()) return;
  const int end = job.images();
  const int left = end - first->index;
  admission_.Drop({job.client(), job.priority(), left, left * first->work});
  const absl::Status reason = WhyUnwanted(job.cancellation(), clock_());
  // After the last of these the job may be gone.
  for (int index = first->index; index < end; ++index) job.Skip(index, reason);
}

void Scheduler::RunImage(const QueuedImage& image, LaneTools& tools) {
  Job& job = *image.job;
  admission_.Begin({job.client(), job.priority(), 1, image.work});
  const absl::Time now = clock_();
  const absl::Status unwanted = WhyUnwanted(job.cancellation(), now);
  if (unwanted.ok()) {
    const std::string kind(job.kind());  // the job may be gone after Run
    const std::optional<ServiceTimes::Sample> sample = job.Run(image.index, tools, now - image.since);
    if (sample.has_value()) service_times_.Record(kind, *sample, clock_());
  } else {
    job.Skip(image.index, unwanted);
  }
  admission_.End(image.work);
}

}  // namespace onebyone
