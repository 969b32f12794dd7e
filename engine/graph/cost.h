#pragma once

#include <cstdint>

#include "engine/graph/graph.h"

namespace onebyone {

// Multiply-adds of one node, after InferShapes: convolutions, Gemm and MatMul; 0 for the others, as is usual when
// networks are compared. Padding counts (as in most published figures).
int64_t MultiplyAdds(const Graph& graph, NodeId node);

// Elements of the constants that the node reads.
int64_t Parameters(const Graph& graph, NodeId node);

}  // namespace onebyone
