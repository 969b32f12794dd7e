#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/cache/cached_image.h"
#include "server/cache/response_cache.h"
#include "server/caller.h"
#include "server/clock.h"
#include "server/image_work.h"
#include "server/job.h"
#include "server/lane.h"
#include "server/request_codec.h"

namespace onebyone {

// One checked request under work, image by image, on whatever lanes take them. With a response cache, an image ends in
// one of these ways:
//   1. Its answer was there when the request came: it needs no lane, and AnswerKept answers it.
//   2. A lane takes it, and the answer is there by then.
//   3. A lane takes it while an equal image is in work on another: the lane is free again at once, and the one that
//      ends that image answers this one, too. Where the other's caller goes away, it is computed there instead.
//   4. It is computed, and its answer is kept.
class ExtractJob : public Job {
 public:
  // Called once, by who ends the last image, with the outcome of the request: OK where `response` is filled (images may
  // have failed each for itself, where they are not all or nothing), CANCELLED or DEADLINE_EXCEEDED where images were
  // skipped, or why the plan could not be made. The callee may destroy the job.
  using Done = absl::AnyInvocable<void(const absl::Status&)>;

  // What CacheLookUp found, and where.
  struct Cached {
    ResponseCache* cache = nullptr;
    std::vector<CachedImage> images;
  };

  // The images of the spec, the cache and `response` must outlive the job. `held_bytes`: of the spec. `arrival`: when
  // the request came in, by `clock`.
  ExtractJob(ExtractSpec spec, int64_t held_bytes, Cached cached, v1::ExtractFeaturesResponse& response,
             ReductionCache& reductions, absl::Time arrival, Caller caller, Clock clock, Done done);

  // What the request holds until it is answered.
  int64_t bytes() const { return held_bytes_; }
  // Whether there is something to do for AnswerKept.
  bool has_kept() const { return queued_.size() < cached_.images.size(); }
  // Answers the images whose answers were there when the request came. Once, after the job was let in.
  void AnswerKept() noexcept;

  // Thread-safe. Images not yet begun are skipped, those in work end at their next step.
  void Cancel() { cancellation_.Cancel(); }
  // After Cancel: skips, on this thread, the images that wait for equal ones. REQUIRES: the job outlives the call.
  void StopWaiting() noexcept;

  // Once the request has ended.
  CacheUse cache_use() const;
  // The longest that a lane worked on an image after its caller had gone or its time was over; nothing where no lane
  // was at work then.
  std::optional<absl::Duration> late_work() const;

  // Of the images that need a lane, by their places among these: the others were answered by the cache.
  int images() const override { return static_cast<int>(queued_.size()); }
  const Cancellation& cancellation() const override { return cancellation_; }
  absl::string_view client() const override { return client_; }
  Priority priority() const override { return spec_.priority; }
  absl::string_view kind() const override { return kind_; }
  int64_t encoded_bytes() const override { return encoded_bytes_; }
  std::optional<ServiceTimes::Sample> Run(int place, LaneTools& tools, absl::Duration waited) noexcept override;
  void Skip(int place, const absl::Status& reason) noexcept override { Drop(queued_[place], reason); }

 private:
  // Whether image `index` is to be computed on this lane. False: it has been answered or will be, and the job may be
  // gone.
  bool Leads(int index) noexcept;
  // Computes it, and answers those that wait for it. The one that this lane is to compute next, where it could not be
  // done for reasons of its own request and others wait. The job may be gone afterwards.
  std::optional<EqualImage> Compute(int index, LaneTools& tools, std::optional<ServiceTimes::Sample>& sample) noexcept;
  // Answers image `index` with what was computed for another: `maps`, or an error of equal pictures.
  void Take(int index, AnsweredBy by, const absl::Status& status, const FeatureMaps* maps) noexcept;
  static void AnswerAll(const Flights<EqualImage>::Followers& followers, const absl::Status& status,
                        const FeatureMaps* maps) noexcept;
  void Drop(int index, const absl::Status& reason) noexcept;
  // The end of image `index`, whose features are there where `status` is OK. The job may be gone afterwards.
  void Settle(int index, const absl::Status& status) noexcept;
  void NoteLateWork(absl::Duration late_work);
  void FailRequest(const absl::Status& status);
  void FinishImage(int index);
  void FinishRequest();

  const ExtractSpec spec_;
  const std::string client_;
  const std::string kind_;
  const int64_t held_bytes_;
  v1::ExtractFeaturesResponse& response_;  // each lane writes the result of its image only
  const absl::Time arrival_;
  const Clock clock_;
  ImageWork work_;
  Cancellation cancellation_;
  Done done_;
  std::atomic<int> unfinished_;

  Cached cached_;                          // each image touched by who has it in hand
  std::vector<int> queued_;                // images that need a lane, by their places
  std::vector<absl::Time> waiting_since_;  // of each image, once a lane has taken it
  int64_t encoded_bytes_ = 0;              // of those that need a lane

  mutable absl::Mutex failure_mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(failure_mutex_);  // of the whole request; the first one counts
  std::optional<absl::Duration> late_work_ ABSL_GUARDED_BY(failure_mutex_);
};

}  // namespace onebyone
