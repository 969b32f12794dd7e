#pragma once

#include <ostream>
#include <string>

#include "engine/graph/graph.h"

namespace onebyone {

// One line a node: `output [shape] = Op(inputs) {attributes that matter}`, then the outputs. For tests and --verbose.
std::string PrintGraph(const Graph& graph);
std::ostream& operator<<(std::ostream& stream, const Graph& graph);

}  // namespace onebyone
