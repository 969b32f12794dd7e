#pragma once

#include "absl/status/status.h"
#include "engine/graph/graph.h"
#include "engine/kernels/onednn/weight_cache.h"
#include "engine/runtime/conv_choice.h"

namespace onebyone {

// Times every convolution of `graph` that can run as Winograd and that `choice` does not know yet, directly and as
// Winograd, and writes the faster one into `choice`. Timed in place: the whole network runs in turn with one and with
// the other, so that weights come from memory and values from the caches that they will come from in service. Takes a
// few runs of the network.
absl::Status MeasureConvs(const Graph& graph, WeightCache& weights, ConvChoice& choice);

}  // namespace onebyone
