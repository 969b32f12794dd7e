#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/tensor.h"

namespace onebyone {

// Weights in the layout that a kernel wants. Holds on to the tensor that they were packed from, so that its address
// stays its own.
struct PackedWeights {
  std::shared_ptr<const Tensor> source;
  AlignedBuffer packed;
};

// Shares packed weights among the plans of one model: the same tensor in the same layout is packed once, and goes when
// the last plan that uses it goes. Thread-safe.
class WeightCache {
 public:
  using Pack = std::function<absl::Status(AlignedBuffer& packed)>;

  // The weights of `source` in the layout that `layout_key` tells; `pack` fills a buffer of `bytes` where they are not
  // there yet.
  absl::StatusOr<std::shared_ptr<const PackedWeights>> Find(const std::shared_ptr<const Tensor>& source,
                                                            const std::string& layout_key, int64_t bytes,
                                                            const Pack& pack);

  // Packed tensors that are in use.
  int64_t live() const;

 private:
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::weak_ptr<const PackedWeights>> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
