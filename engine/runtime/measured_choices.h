#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/kernels/onednn/weight_cache.h"
#include "engine/runtime/conv_choice.h"
#include "engine/runtime/kernel_cache.h"
#include "engine/runtime/plan.h"
#include "engine/tensor/precision.h"

namespace onebyone {

// The choices of one network: from the cache where it knows them, else measured and added to it. Not thread-safe.
class MeasuredChoices {
 public:
  // `cache`: may be null. `model_hash`: see KernelCache.
  MeasuredChoices(std::shared_ptr<KernelCache> cache, std::string model_hash);

  // The plan of `graph`, run with `threads` threads, each convolution with its fastest kernel.
  absl::StatusOr<std::shared_ptr<Plan>> LowerFastest(const Graph& graph, Precision precision, int threads,
                                                     WeightCache& weights);

  // Choices measured so far.
  int64_t measured() const { return measured_; }

 private:
  const std::shared_ptr<KernelCache> cache_;
  const std::string model_hash_;
  bool is_read_ = false;
  ConvChoices known_;
  int64_t measured_ = 0;
};

}  // namespace onebyone
