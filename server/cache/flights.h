#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/hash/hash.h"
#include "absl/synchronization/mutex.h"
#include "server/cache/answer_key.h"

namespace onebyone {

// Images that are being computed, by their keys, and the equal ones that wait for their answers (single flight).
// `Follower` says which image waits: a small value that can be copied, compared and hashed. Calls nothing of it.
// Thread-safe.
template <typename Follower>
class Flights {
 public:
  using Followers = std::unordered_set<Follower, absl::Hash<Follower>>;

  // True: nobody computes an image with this key, and the caller now does; it must call Land or PassOn. False:
  // `follower` waits, and belongs to who computes from this moment on.
  bool Lead(const AnswerKey& key, const Follower& follower) {
    const absl::MutexLock lock(&mutex_);
    const auto [flight, is_new] = flights_.try_emplace(key);
    if (!is_new) flight->second.insert(follower);
    return is_new;
  }

  // The image has been computed, with an outcome for all that wait: they are the caller's to answer.
  Followers Land(const AnswerKey& key) {
    const absl::MutexLock lock(&mutex_);
    const auto flight = flights_.find(key);
    Followers followers = std::move(flight->second);
    flights_.erase(flight);
    return followers;
  }

  // It has not, for reasons that are none of those that wait: one of them takes over, and is the caller's to compute.
  // Nothing where nobody waits.
  std::optional<Follower> PassOn(const AnswerKey& key) {
    const absl::MutexLock lock(&mutex_);
    const auto flight = flights_.find(key);
    Followers& followers = flight->second;
    if (followers.empty()) {
      flights_.erase(flight);
      return std::nullopt;
    }
    const auto first = followers.begin();
    const Follower heir = *first;
    followers.erase(first);
    return heir;
  }

  // `follower` waits no longer and is the caller's again. False where it is not: it never waited, or is being answered
  // or computed.
  bool Leave(const AnswerKey& key, const Follower& follower) {
    const absl::MutexLock lock(&mutex_);
    const auto flight = flights_.find(key);
    return flight != flights_.end() && flight->second.erase(follower) == 1;
  }

  size_t size() const {
    const absl::MutexLock lock(&mutex_);
    return flights_.size();
  }

 private:
  mutable absl::Mutex mutex_;
  std::unordered_map<AnswerKey, Followers, absl::Hash<AnswerKey>> flights_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
