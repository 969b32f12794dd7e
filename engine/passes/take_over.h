#pragma once

#include "engine/graph/graph.h"

namespace onebyone {

// Before:  producer -> x -> consumer -> y
// After:   producer -> y
//
// For passes that fold `consumer` into `producer`: y keeps its name, its shape and its place in another value, x has no
// producer any more. `consumer` must be the only reader of x, the single output of `producer`, and have one output.
void TakeOver(Graph& graph, NodeId producer, NodeId consumer);

}  // namespace onebyone
