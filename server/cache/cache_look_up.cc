#include "server/cache/cache_look_up.h"

#include <cstddef>

namespace onebyone {

std::vector<CachedImage> CacheLookUp::Find(ResponseCache* cache, const v1::ExtractFeaturesRequest& request,
                                           const ExtractSpec& spec, const Clock& clock) {
  std::vector<CachedImage> images(spec.images.sources.size());
  if (cache == nullptr) return images;
  if (pictures_.empty()) Hash(request, spec, clock);
  if (!asked_.ok()) return images;
  const uint64_t model = cache->models.Of(spec.model);
  for (size_t i = 0; i < images.size(); ++i) {
    const Picture& picture = pictures_[i];
    if (!picture.digest.ok()) continue;
    if (!spec.native_images.empty() && !spec.native_images[i].status.ok()) continue;
    const absl::Time start = clock();
    images[i].key = {model, *asked_, *picture.digest};
    images[i].on_arrival = cache->answers.Find(*images[i].key);
    images[i].time = picture.time + (clock() - start);
  }
  return images;
}

void CacheLookUp::Hash(const v1::ExtractFeaturesRequest& request, const ExtractSpec& spec, const Clock& clock) {
  asked_ = DigestOfAsked(request);
  pictures_.reserve(spec.images.sources.size());
  for (const ImageSource& source : spec.images.sources) {
    const absl::Time start = clock();
    absl::StatusOr<Sha256Digest> digest = DigestOfPicture(source);
    pictures_.push_back({std::move(digest), clock() - start});
  }
}

}  // namespace onebyone
