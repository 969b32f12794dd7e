#include "server/model_statistics.h"

#include <algorithm>

namespace onebyone {

void ModelStatistics::Record(const v1::ExtractFeaturesResponse& response, const absl::Status& outcome,
                             const CacheUse& cache, absl::Time now) {
  const v1::Timing& timing = response.timing();
  const absl::Duration total = absl::Microseconds(timing.total_us());
  const absl::MutexLock lock(&mutex_);
  Counters& counters = counters_[{response.model(), response.version()}];
  counters.cache_hit.Add(cache.hits + cache.shared, cache.hit_time);
  counters.cache_miss.Add(cache.misses, cache.miss_time);
  if (!outcome.ok()) return counters.fail.Add(1, total);
  counters.success.Add(1, total);
  counters.queue.Add(1, absl::Microseconds(timing.queue_us()));
  counters.input.Add(1, absl::Microseconds(timing.decode_us() + timing.preprocess_us()));
  counters.network.Add(1, absl::Microseconds(timing.network_us()));
  counters.output.Add(1, absl::Microseconds(timing.reduce_us() + timing.encode_us()));
  const int64_t images = std::count_if(response.results().begin(), response.results().end(),
                                       [](const v1::ImageResult& result) { return result.status().code() == 0; });
  counters.images += images - cache.spared;
  if (images > 0) counters.last_image = std::max(counters.last_image, now);
}

ModelStatistics::Counters ModelStatistics::Of(const std::string& model, int64_t version) const {
  const absl::MutexLock lock(&mutex_);
  const auto found = counters_.find({model, version});
  return found == counters_.end() ? Counters{} : found->second;
}

}  // namespace onebyone
