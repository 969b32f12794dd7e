#pragma once

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/kernels/onednn/weight_cache.h"
#include "engine/runtime/conv_choice.h"
#include "engine/tensor/precision.h"

namespace onebyone {

// Times the kernels of every convolution of `graph` that has several and that `known` does not know, with `threads`
// threads, and returns the fastest of each. Timed in place: whole networks, one for each variant, run in turn, so that
// weights come from memory and values from the caches that they will come from in service. Takes some runs of the
// network.
absl::StatusOr<ConvChoice> MeasureConvs(const Graph& graph, Precision precision, int threads, const ConvChoice& known,
                                        WeightCache& weights);

}  // namespace onebyone
