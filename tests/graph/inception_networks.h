#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace onebyone::testing {

// The channels of one Inception block.
struct InceptionBlock {
  std::string name;
  int64_t c1x1, c3x3_reduce, c3x3, c5x5_reduce, c5x5, pool_proj;
};

// A network with the form of GoogLeNet: its layers have Caffe's names. Input "data" [1, 3, size, size].
struct InceptionNetwork {
  int64_t conv1, conv2_reduce, conv2;
  std::vector<InceptionBlock> blocks;  // 3a, 3b, 4a to 4e, 5a, 5b
};

// Szegedy et al., "Going Deeper with Convolutions", table 1.
InceptionNetwork GoogLeNet();

// A quarter of it and less.
InceptionNetwork InceptionNano();

// Without LRN and classifier.
Graph BuildInception(const InceptionNetwork& network, int64_t size);

}  // namespace onebyone::testing
