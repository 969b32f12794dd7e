#pragma once

#include <cstdint>

#include "engine/graph/graph.h"

namespace onebyone::testing {

// A small network of the Inception kind, another one for each seed: convolutions with any of batch normalization,
// constants per channel and activations behind them, pools, LRN, blocks of branches with nested concats, sums with a
// shortcut, operators that do nothing, and one of several classifiers or none. Some inner values are outputs too; a few
// outputs bear another name than their value. Shapes are inferred.
Graph RandomNetwork(uint64_t seed);

}  // namespace onebyone::testing
