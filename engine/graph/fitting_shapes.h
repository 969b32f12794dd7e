#pragma once

#include <optional>
#include <vector>

#include "engine/graph/graph.h"
#include "engine/graph/shape_inference.h"

namespace onebyone {

// Type and shape of each value of `graph` (index: ValueId) where its first input has the shape `image` and its others
// the shapes that they have; nothing for what does not fit this input, and for what depends on it. The graph has no
// slices.
std::vector<std::optional<ValueInfo>> FittingShapes(const Graph& graph, const Shape& image);

}  // namespace onebyone
