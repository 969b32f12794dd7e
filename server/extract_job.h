#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/caller.h"
#include "server/clock.h"
#include "server/feature_plan.h"
#include "server/job.h"
#include "server/lane.h"
#include "server/request_codec.h"

namespace onebyone {

// One checked request under work: decode -> preprocess -> network -> encode for each image, on whatever lanes take
// them.
class ExtractJob : public Job {
 public:
  // Called once, by the lane that ends the last image, with the outcome of the request: OK where `response` is filled
  // (images may have failed each for itself), CANCELLED or DEADLINE_EXCEEDED where images were skipped, or why the plan
  // could not be made. The callee may destroy the job.
  using Done = absl::AnyInvocable<void(const absl::Status&)>;

  // `request` and `response` must outlive the job. `held_bytes`: of the spec. `arrival`: when the request came in, by
  // `clock`.
  ExtractJob(ExtractSpec spec, int64_t held_bytes, const v1::ExtractFeaturesRequest& request,
             v1::ExtractFeaturesResponse& response, ReductionCache& reductions, absl::Time arrival, Caller caller,
             Clock clock, Done done);

  // What the request holds until it is answered.
  int64_t bytes() const { return held_bytes_; }
  // Thread-safe. Images not yet begun are skipped, those in work end at their next step.
  void Cancel() { cancellation_.Cancel(); }

  int images() const override { return request_.images_size(); }
  const Cancellation& cancellation() const override { return cancellation_; }
  absl::string_view client() const override { return client_; }
  Priority priority() const override { return spec_.priority; }
  absl::string_view kind() const override { return kind_; }
  int64_t encoded_bytes() const override { return spec_.image_bytes; }
  std::optional<ServiceTimes::Sample> Run(int index, LaneTools& tools, absl::Duration waited) noexcept override;
  void Skip(int index, const absl::Status& reason) noexcept override;

 private:
  absl::Status Extract(int index, LaneTools& tools, v1::ImageResult& result, ServiceTimes::Sample& sample);
  void EncodeFeatures(const FeaturePlan& plan, const InputToImage& transform, const RgbImage& image, LaneTools& tools,
                      v1::ImageResult& result) const;
  // The plan of image `index`. One for all images, made by the first lane that asks (the others wait, for they need it
  // too); at native sizes each image has its own, unless the model knows the size already.
  absl::StatusOr<FeaturePlan> PlanOf(int index);
  void FailRequest(const absl::Status& status);
  void FinishImage(int index);
  void FinishRequest();

  const ExtractSpec spec_;
  const std::string client_;
  const std::string kind_;
  const int64_t held_bytes_;
  const v1::ExtractFeaturesRequest& request_;
  v1::ExtractFeaturesResponse& response_;  // each lane writes the result of its image only
  ReductionCache& reductions_;
  const absl::Time arrival_;
  const Clock clock_;
  Cancellation cancellation_;
  Done done_;
  std::atomic<int> unfinished_;

  absl::Mutex plan_mutex_;
  std::optional<absl::StatusOr<FeaturePlan>> plan_ ABSL_GUARDED_BY(plan_mutex_);
  absl::Mutex failure_mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(failure_mutex_);  // of the whole request; the first one counts
};

}  // namespace onebyone
