#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/graph/graph.h"
#include "engine/graph/shape_inference.h"

namespace onebyone {

// An estimate of what a run takes, known before anything is compiled. Index: ValueId; the most bytes that are alive at
// once while the value is computed by running all nodes of `graph` in order up to the one that produces it: inputs and
// values that have yet to be read, in float32 or as they are; elementwise operators write over what they read. 0 for
// constants and for what is not in `shapes` (of each value, see FittingShapes). Kernels' scratch memory comes on top;
// concats that need no copy, and nodes that the value does not need, make it less.
std::vector<int64_t> PeakActivationBytes(const Graph& graph, const std::vector<std::optional<ValueInfo>>& shapes);

}  // namespace onebyone
