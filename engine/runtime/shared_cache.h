#pragma once

#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/cleanup/cleanup.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/status_macros.h"

namespace onebyone {

// Things by what they are made of, at most `capacity` of them, the least recently used first out. Each is made once,
// however many threads want it at the same time; threads that want others do not wait for it. Thread-safe.
template <typename T>
class SharedCache {
 public:
  explicit SharedCache(int capacity) : capacity_(capacity) {}

  // What is called `key`, made by `make` where it is not there. An error of `make` is returned and not kept: the next
  // one who wants it tries again.
  absl::StatusOr<std::shared_ptr<const T>> FindOrMake(
      const std::string& key, absl::FunctionRef<absl::StatusOr<std::shared_ptr<const T>>()> make) {
    if (auto found = FindOrBegin(key)) return found;
    const absl::Cleanup end = [&] { End(key); };
    ASSIGN_OR_RETURN(std::shared_ptr<const T> made, make());  // without the lock
    Insert(key, made);
    return made;
  }

  int size() const {
    const absl::MutexLock lock(&mutex_);
    return static_cast<int>(entries_.size());
  }

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const T>>;

  // Null where the caller is to make it; waits while another one does.
  std::shared_ptr<const T> FindOrBegin(const std::string& key) {
    const absl::MutexLock lock(&mutex_);
    const auto is_free = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !in_making_.contains(key); };
    mutex_.Await(absl::Condition(&is_free));
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return found->second->second;
    }
    in_making_.insert(key);
    return nullptr;
  }

  void Insert(const std::string& key, std::shared_ptr<const T> made) {
    std::list<Entry> dropped;  // destroyed after the lock is given back
    const absl::MutexLock lock(&mutex_);
    entries_.emplace_front(key, std::move(made));
    by_key_[key] = entries_.begin();
    while (static_cast<int>(entries_.size()) > capacity_) {
      by_key_.erase(entries_.back().first);
      dropped.splice(dropped.begin(), entries_, std::prev(entries_.end()));
    }
  }

  void End(const std::string& key) {
    const absl::MutexLock lock(&mutex_);
    in_making_.erase(key);
  }

  const int capacity_;
  mutable absl::Mutex mutex_;
  std::list<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // the latest first
  std::map<std::string, typename std::list<Entry>::iterator> by_key_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> in_making_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
