#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/graph/layer_table.h"
#include "engine/reduction/reduction.h"

namespace onebyone {

// Random projections, kept by layer name, its channels, their number and the seed (they do not depend on a model's
// weights), up to `max_bytes` of weights, the least recently used first out. Thread-safe; two threads that miss at once
// may both compute.
class ReductionCache {
 public:
  explicit ReductionCache(int64_t max_bytes = int64_t{64} << 20) : max_bytes_(max_bytes) {}

  // Errors: those of RandomProjection.
  absl::StatusOr<std::shared_ptr<const Reduction>> RandomProjectionFor(const LayerInfo& layer, int64_t channels,
                                                                       uint64_t seed);

  int64_t bytes() const;

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Reduction> reduction;
  };

  std::shared_ptr<const Reduction> Find(const std::string& key);
  void Insert(const std::string& key, std::shared_ptr<const Reduction> reduction);

  const int64_t max_bytes_;
  mutable absl::Mutex mutex_;
  std::list<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // the latest first
  absl::flat_hash_map<std::string, std::list<Entry>::iterator> by_key_ ABSL_GUARDED_BY(mutex_);
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace onebyone
