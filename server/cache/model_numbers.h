#pragma once

#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "engine/model_loader.h"

namespace onebyone {

// Numbers models as they were loaded: a bundle that is loaded again has another number, and a number is never given
// twice, though the next model may come to lie at the same address. Keeps no model. Thread-safe.
class ModelNumbers {
 public:
  uint64_t Of(const std::shared_ptr<const Model>& model);

 private:
  struct Numbered {
    std::weak_ptr<const Model> model;
    uint64_t number = 0;
  };

  absl::Mutex mutex_;
  absl::flat_hash_map<const Model*, Numbered> numbers_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace onebyone
