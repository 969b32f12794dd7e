#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"

namespace onebyone {

// The network as it was before it learnt anything: what its features are worth shows what learning gave.
//
// `network`, as imported, with the weights of each convolution and fully connected layer (Conv, Gemm, MatMul) drawn
// from a normal distribution of mean 0 and variance 2 / (numbers that go into one output) (He et al., "Delving deep
// into rectifiers", 2015), so that activations neither grow nor vanish; with biases of 0 and batch normalizations that
// change nothing (scale 1, shift 0, mean 0, variance 1). Constants that an Add or Mul reads stay. The same seed gives
// the same numbers on every machine. Float32 constants alone are replaced, each where it is read. FAILED_PRECONDITION
// for a network that is quantized: its scales fit the weights that it learnt. Errors of Tensor::Create and
// Graph::AddConstant.
absl::StatusOr<Graph> WithRandomWeights(Graph network, uint64_t seed);

}  // namespace onebyone
