#pragma once

#include <vector>

#include "absl/time/time.h"
#include "onebyone/v1/feature_extraction.pb.h"
#include "server/cache/answer_key.h"
#include "server/cache/cached_image.h"
#include "server/cache/response_cache.h"
#include "server/clock.h"
#include "server/request_codec.h"

namespace onebyone {

// Looks the images of one request up, as often as the request is tried (a stream that waits for room tries again and
// again); hashes them once.
class CacheLookUp {
 public:
  // One per image of `spec`, which is `request` checked; the same request at each call. Without a cache none has a key;
  // no key for an image either of which it is known that it gets no features.
  std::vector<CachedImage> Find(ResponseCache* cache, const v1::ExtractFeaturesRequest& request,
                                const ExtractSpec& spec, const Clock& clock);

 private:
  struct Picture {
    absl::StatusOr<Sha256Digest> digest;
    absl::Duration time;
  };

  void Hash(const v1::ExtractFeaturesRequest& request, const ExtractSpec& spec, const Clock& clock);

  absl::StatusOr<Sha256Digest> asked_;
  std::vector<Picture> pictures_;
};

}  // namespace onebyone
