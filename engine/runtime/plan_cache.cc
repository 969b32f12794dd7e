#include "engine/runtime/plan_cache.h"

namespace onebyone {

std::shared_ptr<const Plan> PlanCache::Find(const std::string& key) {
  absl::MutexLock lock(&mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->second;
}

void PlanCache::Insert(const std::string& key, std::shared_ptr<const Plan> plan) {
  absl::MutexLock lock(&mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    entries_.erase(found->second);
    by_key_.erase(found);
  }
  entries_.emplace_front(key, std::move(plan));
  by_key_[key] = entries_.begin();
  while (static_cast<int>(entries_.size()) > capacity_) {
    by_key_.erase(entries_.back().first);
    entries_.pop_back();
  }
}

int PlanCache::size() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(entries_.size());
}

}  // namespace onebyone
