#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph/graph.h"

namespace onebyone {

// Before:  x -> A -> B -> C -> prob        layers = {"A", "B"}
// After:   x -> A -> B                     outputs: A, B
//
// Makes exactly these layers the outputs, in this order, and removes every node that none of them needs. A layer is the
// name of an output, or else of any value that is computed, of an input or of a constant; it may be asked more than
// once. INVALID_ARGUMENT, with the nearest name, for an unknown one, and where there are none. Counts the nodes
// removed, and one where the outputs changed.
struct PruneToLayers {
  std::vector<std::string> layers;

  static constexpr absl::string_view name() { return "prune_to_layers"; }
  absl::StatusOr<int> Run(Graph& graph) const;
};

}  // namespace onebyone
