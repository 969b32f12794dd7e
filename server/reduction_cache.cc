#include "server/reduction_cache.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/reduction/random_projection.h"

namespace onebyone {

absl::StatusOr<std::shared_ptr<const Reduction>> ReductionCache::RandomProjectionFor(const LayerInfo& layer,
                                                                                     int64_t channels, uint64_t seed) {
  const std::string key = absl::StrCat(seed, "/", channels, "/", layer.channels, "/", layer.name);
  if (std::shared_ptr<const Reduction> found = Find(key)) return found;
  ASSIGN_OR_RETURN(Reduction reduction, RandomProjection(layer.name, layer.channels, channels, seed));
  auto shared = std::make_shared<const Reduction>(std::move(reduction));
  Insert(key, shared);
  return shared;
}

int64_t ReductionCache::bytes() const {
  const absl::MutexLock lock(&mutex_);
  return bytes_;
}

std::shared_ptr<const Reduction> ReductionCache::Find(const std::string& key) {
  const absl::MutexLock lock(&mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->reduction;
}

void ReductionCache::Insert(const std::string& key, std::shared_ptr<const Reduction> reduction) {
  const absl::MutexLock lock(&mutex_);
  if (by_key_.contains(key)) return;  // another thread was faster
  bytes_ += static_cast<int64_t>(reduction->weights.bytes());
  entries_.push_front({key, std::move(reduction)});
  by_key_[key] = entries_.begin();
  while (bytes_ > max_bytes_ && !entries_.empty()) {
    bytes_ -= static_cast<int64_t>(entries_.back().reduction->weights.bytes());
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

}  // namespace onebyone
