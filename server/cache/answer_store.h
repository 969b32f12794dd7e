#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/hash/hash.h"
#include "absl/synchronization/mutex.h"
#include "onebyone/v1/tensor.pb.h"
#include "server/cache/answer_key.h"

namespace onebyone {

// What a picture was answered with.
using FeatureMaps = google::protobuf::RepeatedPtrField<v1::FeatureMap>;

// Answers, up to a number of bytes of memory, the least recently used first out. Thread-safe; nothing is copied or
// freed under the lock.
class AnswerStore {
 public:
  // An answer that would take more than this share of the bytes is not kept: it would push out too many others.
  static constexpr int64_t kLeastAnswers = 8;

  explicit AnswerStore(int64_t max_bytes) : max_bytes_(max_bytes) {}

  // Null where there is none.
  std::shared_ptr<const FeatureMaps> Find(const AnswerKey& key);
  // Keeps a copy of `maps` and returns it; null, and nothing is kept, where it is too large or there is no memory.
  std::shared_ptr<const FeatureMaps> Keep(const AnswerKey& key, const FeatureMaps& maps);

  struct State {
    int64_t bytes = 0;
    int64_t entries = 0;
    int64_t evictions = 0;  // since the start
  };
  State state() const;
  int64_t max_bytes() const { return max_bytes_; }

 private:
  struct Entry {
    AnswerKey key;
    std::shared_ptr<const FeatureMaps> maps;
    int64_t bytes = 0;
  };

  const int64_t max_bytes_;
  mutable absl::Mutex mutex_;
  std::list<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // the latest first
  // Large, and not Abseil's: a table of theirs that gets no memory to grow is broken.
  std::unordered_map<AnswerKey, std::list<Entry>::iterator, absl::Hash<AnswerKey>> by_key_ ABSL_GUARDED_BY(mutex_);
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t evictions_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace onebyone
