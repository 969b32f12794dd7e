#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"

namespace onebyone {

// A fully connected layer with constant weights: y [N, outputs] = x [N, features] * weights (+ bias).
struct DenseLayer {
  NodeId node = kNoNode;       // Gemm or MatMul
  NodeId bias_node = kNoNode;  // the Add behind a MatMul that has no other reader
  ValueId x = kNoValue;
  int64_t features = 0;
  int64_t outputs = 0;
  std::shared_ptr<const Tensor>
      weights;  // float32 [outputs, features] where rows_are_outputs, else [features, outputs]
  bool rows_are_outputs = false;
  double factor = 1.0;                      // of the weights
  std::optional<std::vector<double>> bias;  // [outputs]
  ValueId bias_constant = kNoValue;         // a constant [outputs] that equals `bias` already

  NodeId last_node() const { return bias_node == kNoNode ? node : bias_node; }
};

// `node` as a dense layer: Gemm without transpose_a, or MatMul, of float32 matrices whose shapes are known; the bias is
// constant and the same for every row. Nothing where it is something else.
std::optional<DenseLayer> MatchDense(const Graph& graph, NodeId node);

// The window that covers [height, width] once.
Window WholeWindow(int64_t height, int64_t width);

// Adds the constants of the convolution that computes `dense` from `source`, whose elements [N, channels, height,
// width] are the features in this order; returns its inputs. The weights share memory with those of the dense layer
// where these have the right order.
absl::StatusOr<std::vector<ValueId>> AddConvInputs(Graph& graph, const DenseLayer& dense, ValueId source,
                                                   int64_t channels, int64_t height, int64_t width);

}  // namespace onebyone
