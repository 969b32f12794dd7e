#pragma once

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/kernels/onednn/weight_cache.h"
#include "engine/runtime/conv_choice.h"

namespace onebyone {

// Times every convolution of `graph` that can run as Winograd and that `known` does not know, directly and as Winograd,
// with `threads` threads, and returns the faster one of each. Timed in place: the whole network runs in turn with one
// and with the other, so that weights come from memory and values from the caches that they will come from in service.
// Takes a few runs of the network; none where all are known.
absl::StatusOr<ConvChoice> MeasureConvs(const Graph& graph, int threads, const ConvChoice& known, WeightCache& weights);

}  // namespace onebyone
