#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/tensor.h"

namespace onebyone {

// Weights in the layout that a kernel wants. Holds on to the tensors that they were packed from, so that their
// addresses stay their own.
struct PackedWeights {
  std::vector<std::shared_ptr<const Tensor>> sources;
  AlignedBuffer packed;
};

// Shares packed weights among the plans of one model: the same tensors in the same layout are packed once, and go when
// the last plan that uses them goes. Thread-safe.
class WeightCache {
 public:
  using Pack = std::function<absl::Status(AlignedBuffer& packed)>;

  // The weights of `sources`, together, in the layout that `layout_key` tells; `pack` fills a buffer of `bytes` where
  // they are not there yet.
  absl::StatusOr<std::shared_ptr<const PackedWeights>> Find(const std::vector<std::shared_ptr<const Tensor>>& sources,
                                                            const std::string& layout_key, int64_t bytes,
                                                            const Pack& pack);

  // Packed weights that are in use.
  int64_t live() const;

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, std::weak_ptr<const PackedWeights>> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace onebyone
