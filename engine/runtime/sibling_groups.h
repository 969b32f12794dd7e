#pragma once

#include <vector>

#include "engine/graph/graph.h"

namespace onebyone {

// Convolutions 1x1 over one input that can run as one wide convolution whose result needs no cutting up: in blocks of
// channels, the results of the members lie one behind another, and a concat that begins with the last member begins
// there.
//
//   x -> 3x3_reduce, 5x5_reduce, 1x1;  y = [1x1 | 3x3 | 5x5 | pool_proj]
//
//   one memory:    [3x3_reduce | 5x5_reduce | 1x1 | 3x3 | 5x5 | pool_proj]
//   written once:   -------------------------------
//   y:                                        --------------------------
struct SiblingGroup {
  std::vector<NodeId> members;  // at least two, in the order in which they lie in memory
  ValueId whole = kNoValue;     // the elided concat that the last member is the first part of; kNoValue: none
};

// All groups of a graph whose concats are elided, each node in one at most. Members have one image, the same
// activation, all a bias or none, constant float32 weights, and no byte of them is quantized: bytes lie with channels
// last, where results cannot lie one behind another. A member that lies inside another concat, or further back in it,
// stays alone.
std::vector<SiblingGroup> FindSiblingGroups(const Graph& graph);

}  // namespace onebyone
