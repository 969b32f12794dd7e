#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/cache/cached_image.h"
#include "server/observability/observability.h"
#include "server/request_codec.h"

namespace onebyone {

// What is counted and logged of one request for features, whichever service brought it: Begin, maybe Checked, then
// either Refuse or End, once, or Postpone and all of that again. One call at a time.
class RequestObservation {
 public:
  // `observability` and `origin` must outlive this; no origin: the log's line lacks peer, method and trace.
  RequestObservation(Observability& observability, const CallOrigin* origin)
      : observability_(observability), origin_(origin) {}

  // `request` must live until the end. `images`: how many it has, wherever they are. `request_id`: of its own, may be
  // empty. When it arrived: `now`, or at the first Begin after which it was postponed.
  absl::Time Begin(const v1::ExtractFeaturesRequest& request, int images, std::string request_id, absl::Time now);
  // The request is right, and its model is known; admission decides next.
  void Checked(const ExtractSpec& spec);
  // It found no room and is to Begin again.
  void Postpone();
  // It was not taken, and this is why.
  void Refuse(const absl::Status& reason);
  // It was taken and has ended so; `response` has its images' results and timing.
  // `late_work`: of ExtractJob.
  void End(const absl::Status& outcome, const v1::ExtractFeaturesResponse& response, const CacheUse& cache,
           std::optional<absl::Duration> late_work);

 private:
  void CountImages(const absl::Status& outcome, const v1::ExtractFeaturesResponse& response, const CacheUse& cache);
  // `spared`: images that the response cache answered.
  void Log(const absl::Status& outcome, const v1::ExtractFeaturesResponse* response, int64_t spared = 0) const;

  Observability& observability_;
  const CallOrigin* const origin_;
  const v1::ExtractFeaturesRequest* request_ = nullptr;
  int images_ = 0;
  std::string request_id_;
  absl::Time arrival_;
  ModelMetrics* model_ = nullptr;  // once Checked, as is:
  std::shared_ptr<const Model> served_;
  std::string layers_;  // as far as the access log tells them; empty without one
  int64_t image_bytes_ = 0;
  std::vector<size_t> sizes_;  // of its images, in bytes: their service may have brought them beside the request
};

}  // namespace onebyone
