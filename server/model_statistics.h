#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/cache/cached_image.h"

namespace onebyone {

// What has been done with each version of each model since the start. Thread-safe.
class ModelStatistics {
 public:
  struct Sum {
    int64_t count = 0;
    absl::Duration time{};
    void Add(int64_t more, absl::Duration duration) {
      count += more;
      time += duration;
    }
  };
  struct Counters {
    // Requests that were let in, from arrival to answer; one with images of which some failed has succeeded.
    Sum success;
    Sum fail;
    // Stages of requests that succeeded: the count is of requests, the time a sum over their images.
    Sum queue;
    Sum input;           // decoding and preprocessing
    Sum network;         // plan, network and 1x1 convolutions
    Sum output;          // pooling, normalization, data type and layout
    int64_t images = 0;  // with features that a lane computed
    // Images of the response cache: answered by it, or computed and kept. The time is what the cache took, not what was
    // saved or waited.
    Sum cache_hit;
    Sum cache_miss;
    absl::Time last_image = absl::UnixEpoch();
  };

  // A request that was let in and has ended with `outcome`; `response` names the model and tells how long what took.
  void Record(const v1::ExtractFeaturesResponse& response, const absl::Status& outcome, const CacheUse& cache,
              absl::Time now);
  // Zeros where there was no request.
  Counters Of(const std::string& model, int64_t version) const;

 private:
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::pair<std::string, int64_t>, Counters> counters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
