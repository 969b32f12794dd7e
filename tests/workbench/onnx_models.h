#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace onebyone::testing {

// Small ONNX files, serialized, for the program that imports them. All have opset 13.

// image [N, 3, side, side] -> "3x3_reduce" (1x1 to 2 channels), "3x3" (to 4), "output" (relu), "pool5", "embedding" [N,
// 4]. `side` 0 leaves height and width free.
std::string TinyInception(int64_t side = 32);

// image -> x -> nodes that read each other.
std::string CyclicModel();
// One node of an operator that ONNX does not have.
std::string UnknownOperatorModel();
// A convolution whose weights claim 2^40 channels and hold one number.
std::string AbsurdWeightsModel();
// A convolution with a kernel of 2^40 x 2^40 and weights of 1x1.
std::string AbsurdKernelModel();
// An input [N, `extents`...] that goes through a Relu.
std::string ReluModel(const std::vector<int64_t>& extents);
// A convolution over 3 channels whose weights want 5.
std::string WrongChannelsModel();

}  // namespace onebyone::testing
