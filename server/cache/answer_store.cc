#include "server/cache/answer_store.h"

#include <iterator>
#include <new>
#include <utility>

namespace onebyone {
namespace {

// Of an entry beside its maps: two copies of the key, the list's and the table's places (which may be half empty), the
// head of the maps, and what the allocator adds to each block.
constexpr int64_t kBytesOfEntry = 512;

int64_t BytesOf(const FeatureMaps& maps) {
  return kBytesOfEntry + static_cast<int64_t>(maps.SpaceUsedExcludingSelfLong());
}

}  // namespace

std::shared_ptr<const FeatureMaps> AnswerStore::Find(const AnswerKey& key) {
  const absl::MutexLock lock(&mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->maps;
}

std::shared_ptr<const FeatureMaps> AnswerStore::Keep(const AnswerKey& key, const FeatureMaps& maps) {
  const int64_t bytes = BytesOf(maps);
  if (bytes > max_bytes_ / kLeastAnswers) return nullptr;
  std::list<Entry> evicted;  // freed outside the lock
  try {
    std::list<Entry> made;
    made.push_back({key, std::make_shared<const FeatureMaps>(maps), bytes});
    const std::shared_ptr<const FeatureMaps> kept = made.front().maps;
    const absl::MutexLock lock(&mutex_);
    const auto [known, is_new] = by_key_.try_emplace(key, made.begin());
    if (!is_new) {  // another thread was faster: the answers are equal
      entries_.splice(entries_.begin(), entries_, known->second);
      return known->second->maps;
    }
    entries_.splice(entries_.begin(), made);
    bytes_ += bytes;
    while (bytes_ > max_bytes_) {
      const auto oldest = std::prev(entries_.end());
      bytes_ -= oldest->bytes;
      ++evictions_;
      by_key_.erase(oldest->key);
      evicted.splice(evicted.end(), entries_, oldest);
    }
    return kept;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

AnswerStore::State AnswerStore::state() const {
  const absl::MutexLock lock(&mutex_);
  return {bytes_, static_cast<int64_t>(entries_.size()), evictions_};
}

}  // namespace onebyone
