#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace onebyone {

// A 1x1 convolution to fewer channels, the larger convolution behind it, and what the two cost against the larger one
// alone.
struct ReductionCost {
  std::string reduce;  // the two convolutions' output values
  std::string conv;
  int64_t kernel_height = 0;
  int64_t kernel_width = 0;
  int64_t in_channels = 0;
  int64_t reduced_channels = 0;
  int64_t out_channels = 0;
  int64_t reduce_multiply_adds = 0;  // per image
  int64_t conv_multiply_adds = 0;
  int64_t direct_multiply_adds = 0;  // of the larger convolution over all `in_channels`

  int64_t with_reduction() const { return reduce_multiply_adds + conv_multiply_adds; }
  // How many times less the two cost; below 1 the reduction saves nothing.
  double times_saved() const {
    return static_cast<double>(direct_multiply_adds) / static_cast<double>(with_reduction());
  }
};

// Every 1x1 convolution with at most as many outputs as inputs whose result reaches a larger convolution through
// nothing but activations, batch norms and identities; neither in groups. In graph order, after InferShapes.
std::vector<ReductionCost> FindReductions(const Graph& graph);

// The same over all of `costs`; a 1x1 convolution that feeds several larger ones counts once.
struct ReductionTotals {
  int64_t with_reduction = 0;
  int64_t direct = 0;
  double times_saved() const { return static_cast<double>(direct) / static_cast<double>(with_reduction); }
};
ReductionTotals Sum(const std::vector<ReductionCost>& costs);

}  // namespace onebyone
