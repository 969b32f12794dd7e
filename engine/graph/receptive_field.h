#pragma once

#include <optional>
#include <vector>

#include "engine/graph/graph.h"

namespace onebyone {

// What one cell of a value sees of the network's input along one axis, in input pixels: cell i is centred at
// offset + i * stride and `size` wide. (Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural
// Networks", Distill 2019, equations 2 to 7.) Asymmetric padding moves the offset by the padding before.
struct ReceptiveField {
  double stride = 1.0;
  double offset = 0.0;
  double size = 1.0;
};

struct ReceptiveFields {
  ReceptiveField height;
  ReceptiveField width;
};

// Per value of `graph` (index: ValueId), relative to its first input, after InferShapes. Branches that meet are joined:
// the size covers all of them. A value without spatial axes (a vector), or behind a global pool, sees the whole input:
// its size is the hull of what its cells see, its stride 0. Empty for constants and what does not depend on the input.
std::vector<std::optional<ReceptiveFields>> InferReceptiveFields(const Graph& graph);

}  // namespace onebyone
