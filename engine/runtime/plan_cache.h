#pragma once

#include <list>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "engine/runtime/plan.h"

namespace onebyone {

// Plans by what they compute, at most `capacity` of them, the least recently used first out. Thread-safe.
class PlanCache {
 public:
  explicit PlanCache(int capacity) : capacity_(capacity) {}

  // Null where there is none.
  std::shared_ptr<const Plan> Find(const std::string& key);
  void Insert(const std::string& key, std::shared_ptr<const Plan> plan);
  int size() const;

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const Plan>>;

  const int capacity_;
  mutable absl::Mutex mutex_;
  std::list<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // the latest first
  absl::flat_hash_map<std::string, std::list<Entry>::iterator> by_key_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
