#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/tensor/tensor.h"

namespace onebyone::testing {

// How a value or a weight is stored.
struct Rounding {
  int bits;           // significant bits of each number, or of a byte's grid
  bool grid = false;  // a grid of 2^bits - 1 equal steps from the least number to the largest, 0 among them
};

// The reference with the input, every weight (each output channel on a grid of its own) and what every node writes
// rounded: how far it is from the exact reference tells what such storage costs this network on this input. What a
// concat of channels joins has one grid, and a max pool's result has that of what it reads, unless the grid would be
// more than 16 times coarser than a value's own. Returns a tensor for each output of `graph`; errors as RunGraph's.
absl::StatusOr<std::vector<Tensor>> RunRounded(Graph graph, const Tensor& input, const Rounding& rounding);

}  // namespace onebyone::testing
