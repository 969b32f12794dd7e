#pragma once

#include <cstdint>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/runtime/cancellation.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/clock.h"
#include "server/feature_plan.h"
#include "server/lane.h"
#include "server/request_codec.h"
#include "server/service_times.h"

namespace onebyone {

// What a lane does for an image of a request: decode -> plan -> preprocess -> network -> encode. Thread-safe: lanes
// work on different images of a request at the same time.
class ImageWork {
 public:
  // `spec` and `reductions` must outlive this.
  ImageWork(const ExtractSpec& spec, ReductionCache& reductions, Clock clock)
      : spec_(spec), reductions_(reductions), clock_(std::move(clock)) {}

  // To what an error belongs.
  enum class Fault : uint8_t {
    kOther,    // the caller who has gone, memory, the program
    kPicture,  // an equal picture, asked the same, fails in the same way
    kRequest,  // all images of the request fail so
  };
  struct Outcome {
    absl::Status status;  // names the image's field
    Fault fault = Fault::kOther;
    std::optional<ServiceTimes::Sample> sample;  // of a success
    absl::Duration late_work{};                  // after an end of interest: for how long the lane had not noticed
  };
  // Image `index`. Fills features and stage times of `result`; after an error its features are undefined. Does not
  // throw: whatever goes wrong is the outcome.
  Outcome Run(int index, LaneTools& tools, const Cancellation& cancellation, v1::ImageResult& result) noexcept;

 private:
  Outcome Extract(int index, LaneTools& tools, const Cancellation& cancellation, v1::ImageResult& result);
  void EncodeFeatures(const FeaturePlan& plan, const InputToImage& transform, const RgbImage& image, LaneTools& tools,
                      v1::ImageResult& result) const;
  // The plan of image `index`. One for all images, made by the first lane that asks (the others wait, for they need it
  // too); at native sizes each image has its own, unless the model knows the size already.
  absl::StatusOr<FeaturePlan> PlanOf(int index);

  const ExtractSpec& spec_;
  ReductionCache& reductions_;
  const Clock clock_;
  absl::Mutex plan_mutex_;
  std::optional<absl::StatusOr<FeaturePlan>> plan_ ABSL_GUARDED_BY(plan_mutex_);
};

}  // namespace onebyone
