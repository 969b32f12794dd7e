#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/graph/graph.h"

namespace onebyone::testing {

// Writes small networks as one chain of calls, for tests:
//
//   Graph graph = GraphBuilder().Input("x", {1, 192, 28, 28})
//                     .Conv("1x1", "x", 64, {.kernel = 1})
//                     .Conv("5x5", "x", 32, {.kernel = 5, .pad = 2})
//                     .Concat("out", {"1x1", "5x5"}).Output("out").Build();
//
// Every node has the name of its output value; weights are random, the same for the same seed, and scaled so that
// values neither grow nor vanish from layer to layer. Weights of node "n" are the constants "n/weights", "n/bias",
// "n/scale", ... Shapes are inferred as the chain grows. The first mistake stops the chain; TryBuild returns it, Build
// prints it and aborts.
class GraphBuilder {
 public:
  // One number for both spatial axes; *_height and *_width, where set, take its place on one axis.
  struct WindowOptions {
    int64_t kernel = 1;
    std::optional<int64_t> kernel_height = std::nullopt, kernel_width = std::nullopt;
    int64_t stride = 1;
    std::optional<int64_t> stride_height = std::nullopt, stride_width = std::nullopt;
    int64_t dilation = 1;
    int64_t pad = 0;  // on all four sides
    // Top and left, bottom and right.
    std::optional<int64_t> pad_begin = std::nullopt, pad_end = std::nullopt;
    Window::AutoPad auto_pad = Window::AutoPad::kExplicit;
    int64_t groups = 1;              // Conv
    bool bias = true;                // Conv
    bool ceil_mode = false;          // pools
    bool count_include_pad = false;  // AveragePool
  };
  struct GemmOptions {
    bool bias = true;
    bool transpose_b = true;  // weights are [outputs, inputs]
    float alpha = 1.0F;
    float beta = 1.0F;
  };

  explicit GraphBuilder(uint64_t seed = 1) : random_(seed) {}

  GraphBuilder& Input(const std::string& name, const Shape& shape, DataType type = DataType::kFloat32);
  GraphBuilder& Constant(const std::string& name, Tensor tensor);
  // A constant of random float32 elements in [low, high).
  GraphBuilder& RandomConstant(const std::string& name, const Shape& shape, float low = -1.0F, float high = 1.0F);

  GraphBuilder& Conv(const std::string& name, const std::string& x, int64_t channels, const WindowOptions& options);
  GraphBuilder& MaxPool(const std::string& name, const std::string& x, const WindowOptions& options);
  GraphBuilder& AveragePool(const std::string& name, const std::string& x, const WindowOptions& options);
  GraphBuilder& GlobalAveragePool(const std::string& name, const std::string& x);
  GraphBuilder& GlobalMaxPool(const std::string& name, const std::string& x);
  GraphBuilder& BatchNorm(const std::string& name, const std::string& x, float epsilon = 1e-5F);
  GraphBuilder& Lrn(const std::string& name, const std::string& x, const LrnAttributes& attributes = {});
  GraphBuilder& Relu(const std::string& name, const std::string& x);
  GraphBuilder& LeakyRelu(const std::string& name, const std::string& x, float slope = 0.01F);
  GraphBuilder& Clip(const std::string& name, const std::string& x, float low, float high);
  GraphBuilder& Sigmoid(const std::string& name, const std::string& x);
  GraphBuilder& Softmax(const std::string& name, const std::string& x, int64_t axis = -1);
  GraphBuilder& Dropout(const std::string& name, const std::string& x);
  GraphBuilder& Identity(const std::string& name, const std::string& x);
  GraphBuilder& Cast(const std::string& name, const std::string& x, DataType to);
  GraphBuilder& ReduceMean(const std::string& name, const std::string& x, std::vector<int64_t> axes,
                           bool keep_dims = true);

  GraphBuilder& Add(const std::string& name, const std::string& a, const std::string& b);
  GraphBuilder& Mul(const std::string& name, const std::string& a, const std::string& b);
  GraphBuilder& Sum(const std::string& name, const std::vector<std::string>& terms);
  GraphBuilder& Concat(const std::string& name, const std::vector<std::string>& parts, int64_t axis = 1);
  GraphBuilder& MatMul(const std::string& name, const std::string& a, const std::string& b);
  // Fully connected: x [N, inputs] to [N, outputs] with random weights.
  GraphBuilder& Gemm(const std::string& name, const std::string& x, int64_t outputs);
  GraphBuilder& Gemm(const std::string& name, const std::string& x, int64_t outputs, const GemmOptions& options);

  GraphBuilder& Flatten(const std::string& name, const std::string& x, int64_t axis = 1);
  GraphBuilder& Reshape(const std::string& name, const std::string& x, std::vector<int64_t> shape);
  GraphBuilder& Squeeze(const std::string& name, const std::string& x, std::vector<int64_t> axes = {});
  GraphBuilder& Unsqueeze(const std::string& name, const std::string& x, std::vector<int64_t> axes);
  GraphBuilder& Transpose(const std::string& name, const std::string& x, std::vector<int64_t> permutation = {});
  GraphBuilder& Pad(const std::string& name, const std::string& x, PadAttributes attributes);

  // Any other node: values by name, "" for an absent optional input. Its name is that of its first output.
  GraphBuilder& Node(OpType op, const std::vector<std::string>& outputs, const std::vector<std::string>& inputs,
                     Attributes attributes = {});

  GraphBuilder& Output(const std::string& value);
  // The graph is asked for under `name`, which is not that of the value.
  GraphBuilder& Output(const std::string& name, const std::string& value);

  // The graph with shapes inferred and windows explicit.
  absl::StatusOr<Graph> TryBuild();
  Graph Build();

 private:
  // The shape of a value so far; [] and a failed chain where there is none.
  Shape ShapeOf(const std::string& value);
  Tensor RandomTensor(const Shape& shape, float low, float high);
  absl::Status Append(OpType op, const std::vector<std::string>& outputs, const std::vector<std::string>& inputs,
                      Attributes attributes);

  Graph graph_;
  absl::Status status_;
  std::mt19937_64 random_;
};

}  // namespace onebyone::testing
