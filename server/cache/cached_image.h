#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "server/cache/answer_store.h"

namespace onebyone {

// Whose work an image was answered with.
enum class AnsweredBy : uint8_t {
  kNobody,  // not yet, or the cache has nothing to do with it
  kLane,    // its own: a miss
  kKept,    // an answer that the cache had: a hit
  kEqual,   // that of an equal image, which was in work
};

// An image of a request, as the response cache sees it.
struct CachedImage {
  std::optional<AnswerKey> key{};                 // none: the cache has nothing to do with it
  std::shared_ptr<const FeatureMaps> on_arrival;  // the answer that was there when the request came; null: none
  AnsweredBy by = AnsweredBy::kNobody;
  absl::Duration time{};  // that the cache took: hash, look-ups, copies
};

// What the response cache was to a request, or to several: numbers of images.
struct CacheUse {
  int64_t hits = 0;
  int64_t shared = 0;
  int64_t misses = 0;
  int64_t spared = 0;         // of hits and shared: have features that no lane computed for them
  absl::Duration hit_time{};  // that the cache took for hits and shared, not what they waited
  absl::Duration miss_time{};
};

}  // namespace onebyone
