#pragma once

#include "engine/graph/graph.h"

namespace onebyone {

// Before:  x [N,C,H,W] -> GlobalAveragePool | GlobalMaxPool | ReduceMean (over H and W) -> y
// After:   x [N,C,H,W] -> AveragePool | MaxPool (kernel H x W, stride 1) -> y [N,C,1,1]
//
// Part of dense_to_conv with keep_map: at a larger input size y becomes a map. A pool whose result meets a value with
// more than one place again (the gate of a squeeze-and-excitation block) stays as it is, since a map would not fit
// there. True where `node` was rewritten; the shape of y is left to the caller.
bool RewriteGlobalPool(Graph& graph, NodeId node);

}  // namespace onebyone
