#pragma once

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/cache/cache_look_up.h"
#include "server/cache/response_cache.h"
#include "server/clock.h"
#include "server/extract_job.h"
#include "server/image_source.h"
#include "server/model_registry.h"
#include "server/model_statistics.h"
#include "server/observability/request_observation.h"
#include "server/options.h"
#include "server/reduction_cache.h"
#include "server/scheduler.h"

namespace onebyone {

// What all extractions share. Everything it refers to must outlive it.
struct ExtractionContext {
  const ModelRegistry& models;
  Scheduler& scheduler;
  RequestLimits limits;
  Clock clock;
  ReductionCache reductions;
  Observability& observability;
  ResponseCache* cache = nullptr;  // null: none
  ModelStatistics statistics{};
};

// One request from its check to its answer, whatever brings it: holds its job, and its room in admission until
// destroyed.
class Extraction {
 public:
  // `origin`: the call that brings it, for the access log, or null; must outlive this.
  explicit Extraction(ExtractionContext& context, const CallOrigin* origin = nullptr)
      : context_(context), observation_(context.observability, origin) {}
  // REQUIRES: Start failed, or has called `done`.
  ~Extraction();
  Extraction(const Extraction&) = delete;
  Extraction& operator=(const Extraction&) = delete;

  // Checks `request` and schedules its job, which fills `response` and then calls `done` on a lane, maybe before Start
  // returns; where the cache has all answers, on this thread before Start returns. An error says why not; `done` is not
  // called then, and Start may be called again. `request`, `response` and this object must live until `done`. `images`:
  // the pictures, where `request` does not hold them; what they borrow must live as long.
  absl::Status Start(const v1::ExtractFeaturesRequest& request, v1::ExtractFeaturesResponse& response, Caller caller,
                     ExtractJob::Done done, std::optional<RequestImages> images = std::nullopt);

  // Whether Start failed for want of room alone, so that it may be called again with success.
  static bool FoundNoRoom(const absl::Status& started);

  // Drops what is not done yet: what waits is skipped at once (which may call `done`, on this thread), what is in work
  // ends at its next step. After Start has returned; thread-safe.
  void Cancel();

 private:
  absl::Status TryStart(const v1::ExtractFeaturesRequest& request, v1::ExtractFeaturesResponse& response,
                        absl::Time arrival, Caller caller, ExtractJob::Done done, std::optional<RequestImages> images);

  ExtractionContext& context_;
  RequestObservation observation_;
  CacheLookUp look_up_;
  std::unique_ptr<ExtractJob> job_;
  bool admitted_ = false;
};

}  // namespace onebyone
