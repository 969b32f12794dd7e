#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/cache/cached_image.h"

namespace onebyone {

// What became of an image that was accepted.
enum class ImageResult : uint8_t { kOk, kInvalid, kCancelled, kDeadlineExceeded, kError };
inline constexpr int kImageResults = 5;

// Triton's reasons of a failed request.
enum class FailureReason : uint8_t { kRejected, kCanceled, kBackend, kOther };
inline constexpr int kFailureReasons = 4;

// The metrics of one version of one model, looked up once. Thread-safe; updates take no lock that lasts.
class ModelMetrics {
 public:
  // Adds the stages of one image that was worked on. Stages that it did not come to are left out.
  void ObserveStages(const v1::Timing& timing);
  void CountImage(ImageResult result) { images_[static_cast<size_t>(result)]->Increment(); }
  // What the response cache was to a request, whatever became of it.
  void CountCache(const CacheUse& use);
  // A request that was answered: `timing` is the sum of its images, `images` of which had features that a lane
  // computed.
  void CountSuccess(const v1::Timing& timing, int images);
  void CountFailure(FailureReason reason) { failures_[static_cast<size_t>(reason)]->Increment(); }
  prometheus::Gauge& pending() { return *pending_; }

 private:
  friend class ModelMetricFamilies;
  ModelMetrics() = default;

  std::array<prometheus::Histogram*, 6> stages_{};
  std::array<prometheus::Counter*, kImageResults> images_{};
  std::array<prometheus::Counter*, kFailureReasons> failures_{};
  std::array<prometheus::Counter*, 5> durations_{};  // request, queue, compute input, infer, output
  prometheus::Counter* success_ = nullptr;
  prometheus::Counter* inferences_ = nullptr;
  prometheus::Counter* executions_ = nullptr;
  prometheus::Gauge* pending_ = nullptr;
  std::array<prometheus::Counter*, 3> cache_{};            // hits, shared, misses
  std::array<prometheus::Counter*, 2> cache_counts_{};     // Triton's: hits (shared ones, too), misses
  std::array<prometheus::Counter*, 2> cache_durations_{};  // of the same, in microseconds
};

// The families that have a model label: onebyone_stage_seconds, onebyone_images_total, onebyone_response_cache_*,
// nv_inference_* and nv_cache_*. Thread-safe.
class ModelMetricFamilies {
 public:
  explicit ModelMetricFamilies(prometheus::Registry& registry);

  // Made at the first call with this name and version; lives as long as this. `name` must be one of a loaded model, so
  // that no client can make labels.
  ModelMetrics& Of(const std::string& name, int64_t version);

 private:
  std::unique_ptr<ModelMetrics> Make(const std::string& name, int64_t version);

  prometheus::Family<prometheus::Histogram>& stages_;
  prometheus::Family<prometheus::Counter>& images_;
  prometheus::Family<prometheus::Counter>& success_;
  prometheus::Family<prometheus::Counter>& failure_;
  prometheus::Family<prometheus::Counter>& inferences_;
  prometheus::Family<prometheus::Counter>& executions_;
  std::array<prometheus::Family<prometheus::Counter>*, 5> durations_;
  prometheus::Family<prometheus::Gauge>& pending_;
  std::array<prometheus::Family<prometheus::Counter>*, 3> cache_;
  std::array<prometheus::Family<prometheus::Counter>*, 2> cache_counts_;
  std::array<prometheus::Family<prometheus::Counter>*, 2> cache_durations_;

  absl::Mutex mutex_;
  absl::flat_hash_map<std::pair<std::string, int64_t>, std::unique_ptr<ModelMetrics>> models_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
