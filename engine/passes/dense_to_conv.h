#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph/graph.h"

namespace onebyone {

// Before:  x [N,C,H,W] -> Flatten -> Gemm | MatMul, Add -> y [N,K]
// After:   x -> Conv (kernel H x W) -> [N,K,1,1] -> Flatten -> y [N,K]
//
// With keep_map the network becomes fully convolutional, so that an input larger than the model's own gives a map with
// one classification per place, [N,K,h,w], instead of a vector:
//   x -> Conv (kernel H x W) -> y [N,K,1,1] -> Relu, Dropout, Conv (from Gemm), Softmax (axis 1), ... all on maps
//   GlobalAveragePool, GlobalMaxPool, ReduceMean over H and W -> AveragePool | MaxPool (kernel H x W, stride 1)
//   Flatten, Reshape, Squeeze [N,C,1,1] -> [N,C]                -> Identity, where all its readers can go on with maps
// A reader that cannot go on with a map gets a Flatten before it.
//
// Conditions: shapes are inferred for the model's own input size (H and W are what it has there); constant float32
// weights, no transpose_a; the bias is constant and the same for every row. Where the weights are [K, C*H*W]
// (transpose_b) and alpha is 1, they share memory. Shapes hold for the own size afterwards; InferShapes tells those of
// another one.
struct DenseToConv {
  bool keep_map = false;

  static constexpr absl::string_view name() { return "dense_to_conv"; }
  absl::StatusOr<int> Run(Graph& graph) const;
};

}  // namespace onebyone
