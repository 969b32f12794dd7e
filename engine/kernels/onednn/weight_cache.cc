#include "engine/kernels/onednn/weight_cache.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::shared_ptr<const PackedWeights>> WeightCache::Find(
    const std::vector<std::shared_ptr<const Tensor>>& sources, const std::string& layout_key, int64_t bytes,
    const Pack& pack) {
  std::string key;
  for (const auto& source : sources) absl::StrAppend(&key, reinterpret_cast<uintptr_t>(source->data()), "/");
  key += layout_key;
  {
    absl::MutexLock lock(&mutex_);
    if (const auto found = entries_.find(key); found != entries_.end()) {
      if (auto packed = found->second.lock()) return packed;
    }
  }
  // Packed outside the lock; where two threads do it at once, both take what the first one made.
  auto fresh = std::make_shared<PackedWeights>();
  fresh->sources = sources;
  ASSIGN_OR_RETURN(fresh->packed, AlignedBuffer::Create(static_cast<size_t>(bytes)));
  RETURN_IF_ERROR(pack(fresh->packed));
  absl::MutexLock lock(&mutex_);
  std::erase_if(entries_, [](const auto& entry) { return entry.second.expired(); });
  if (const auto found = entries_.find(key); found != entries_.end()) {
    if (auto packed = found->second.lock()) return packed;
  }
  entries_[key] = fresh;
  return fresh;
}

int64_t WeightCache::live() const {
  absl::MutexLock lock(&mutex_);
  int64_t live = 0;
  for (const auto& [key, packed] : entries_) live += packed.expired() ? 0 : 1;
  return live;
}

}  // namespace onebyone
