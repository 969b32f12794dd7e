#pragma once

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/kernels/onednn/weight_cache.h"
#include "engine/runtime/conv_choice.h"
#include "engine/tensor/precision.h"

namespace onebyone {

// Times the siblings of `graph` that `known` does not know, as one step and each by itself, with `threads` threads, and
// returns for each group which is faster. Timed in place, like MeasureConvs; `known` should know every convolution by
// itself already. Takes some runs of the network, none where there is nothing to find out.
absl::StatusOr<ConvChoice> MeasureSiblings(const Graph& graph, Precision precision, int threads,
                                           const ConvChoice& known, WeightCache& weights);

}  // namespace onebyone
