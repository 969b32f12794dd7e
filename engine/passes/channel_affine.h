#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/graph/graph.h"

namespace onebyone {

// y = scale * x + shift, with one pair per channel (axis 1).
struct ChannelAffine {
  std::vector<double> scale;
  std::vector<double> shift;
};

// The numbers of `constant`, one per channel, where it is float32 and broadcasts along every axis but the channels (or
// along all) to a value of `rank` axes without adding any: [], [1], [C] for rank 2, [C, 1, 1] or [1, C, 1, 1] for rank
// 4, ... Nothing where it is null or of another form.
std::optional<std::vector<double>> ChannelNumbers(const Tensor* constant, int rank, int64_t channels);

// What `node` does to its input `x` of `rank` axes and `channels` channels, where that is a fixed affine function:
// BatchNormalization, or Mul, Add or Sum of x and ChannelNumbers.
std::optional<ChannelAffine> ChannelAffineOf(const Graph& graph, NodeId node, ValueId x, int rank, int64_t channels);

}  // namespace onebyone
