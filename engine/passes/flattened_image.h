#pragma once

#include "engine/graph/graph.h"

namespace onebyone {

// True where `node` only renames the elements of a float32 value [N, C, H, W] to [N, C*H*W]: Flatten, Reshape or
// Squeeze, with inferred shapes.
bool FlattensImage(const Graph& graph, NodeId node);

// The value [N, C, H, W] that `matrix` [N, C*H*W] is the flattened form of, Dropout and Identity in between left out;
// kNoValue where there is none.
ValueId FlattenedImage(const Graph& graph, ValueId matrix);

}  // namespace onebyone
