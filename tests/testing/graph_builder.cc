#include "tests/testing/graph_builder.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/graph/shape_inference.h"

namespace onebyone::testing {
namespace {

Window WindowFrom(const GraphBuilder::WindowOptions& options) {
  Window window;
  window.kernel = {options.kernel_height.value_or(options.kernel), options.kernel_width.value_or(options.kernel)};
  window.strides = {options.stride_height.value_or(options.stride), options.stride_width.value_or(options.stride)};
  window.dilations = {options.dilation, options.dilation};
  window.pads_begin.assign(2, options.pad_begin.value_or(options.pad));
  window.pads_end.assign(2, options.pad_end.value_or(options.pad));
  window.auto_pad = options.auto_pad;
  return window;
}

PoolAttributes PoolFrom(const GraphBuilder::WindowOptions& options) {
  return {
      .window = WindowFrom(options), .ceil_mode = options.ceil_mode, .count_include_pad = options.count_include_pad};
}

// The bound of a uniform distribution that keeps the variance of the values through a layer with Relu.
float WeightBound(int64_t fan_in) { return std::sqrt(6.0F / static_cast<float>(std::max<int64_t>(fan_in, 1))); }

}  // namespace

GraphBuilder& GraphBuilder::Input(const std::string& name, const Shape& shape, DataType type) {
  if (status_.ok()) status_ = graph_.AddInput(name, type, shape).status();
  return *this;
}

GraphBuilder& GraphBuilder::Constant(const std::string& name, Tensor tensor) {
  if (status_.ok()) status_ = graph_.AddConstant(name, std::move(tensor)).status();
  return *this;
}

GraphBuilder& GraphBuilder::RandomConstant(const std::string& name, const Shape& shape, float low, float high) {
  return Constant(name, RandomTensor(shape, low, high));
}

GraphBuilder& GraphBuilder::Conv(const std::string& name, const std::string& x, int64_t channels,
                                 const WindowOptions& options) {
  const Shape input = ShapeOf(x);
  const Window window = WindowFrom(options);
  const int64_t inputs = input.rank() > 1 && options.groups > 0 ? input[1] / options.groups : 0;
  const float bound = WeightBound(inputs * window.kernel[0] * window.kernel[1]);
  const std::string weights = absl::StrCat(name, "/weights");
  const std::string bias = absl::StrCat(name, "/bias");
  RandomConstant(weights, {channels, inputs, window.kernel[0], window.kernel[1]}, -bound, bound);
  if (options.bias) RandomConstant(bias, {channels}, -0.5F, 0.5F);
  std::vector<std::string> operands = {x, weights};
  if (options.bias) operands.push_back(bias);
  return Node(OpType::kConv, {name}, operands,
              ConvAttributes{.window = window, .groups = options.groups, .activation = {}});
}

GraphBuilder& GraphBuilder::MaxPool(const std::string& name, const std::string& x, const WindowOptions& options) {
  return Node(OpType::kMaxPool, {name}, {x}, PoolFrom(options));
}

GraphBuilder& GraphBuilder::AveragePool(const std::string& name, const std::string& x, const WindowOptions& options) {
  return Node(OpType::kAveragePool, {name}, {x}, PoolFrom(options));
}

GraphBuilder& GraphBuilder::GlobalAveragePool(const std::string& name, const std::string& x) {
  return Node(OpType::kGlobalAveragePool, {name}, {x});
}

GraphBuilder& GraphBuilder::GlobalMaxPool(const std::string& name, const std::string& x) {
  return Node(OpType::kGlobalMaxPool, {name}, {x});
}

GraphBuilder& GraphBuilder::BatchNorm(const std::string& name, const std::string& x, float epsilon) {
  const Shape input = ShapeOf(x);
  const Shape channels({input.rank() > 1 ? input[1] : 0});
  RandomConstant(absl::StrCat(name, "/scale"), channels, 0.5F, 1.5F);
  RandomConstant(absl::StrCat(name, "/bias"), channels, -0.5F, 0.5F);
  RandomConstant(absl::StrCat(name, "/mean"), channels, -0.5F, 0.5F);
  RandomConstant(absl::StrCat(name, "/variance"), channels, 0.5F, 1.5F);
  return Node(OpType::kBatchNormalization, {name},
              {x, absl::StrCat(name, "/scale"), absl::StrCat(name, "/bias"), absl::StrCat(name, "/mean"),
               absl::StrCat(name, "/variance")},
              BatchNormalizationAttributes{.epsilon = epsilon});
}

GraphBuilder& GraphBuilder::Lrn(const std::string& name, const std::string& x, const LrnAttributes& attributes) {
  return Node(OpType::kLrn, {name}, {x}, attributes);
}

GraphBuilder& GraphBuilder::Relu(const std::string& name, const std::string& x) {
  return Node(OpType::kRelu, {name}, {x}, ActivationAttributes{{.kind = Activation::Kind::kRelu}});
}

GraphBuilder& GraphBuilder::LeakyRelu(const std::string& name, const std::string& x, float slope) {
  return Node(OpType::kLeakyRelu, {name}, {x},
              ActivationAttributes{{.kind = Activation::Kind::kLeakyRelu, .slope = slope}});
}

GraphBuilder& GraphBuilder::Clip(const std::string& name, const std::string& x, float low, float high) {
  return Node(OpType::kClip, {name}, {x},
              ActivationAttributes{{.kind = Activation::Kind::kClip, .low = low, .high = high}});
}

GraphBuilder& GraphBuilder::Sigmoid(const std::string& name, const std::string& x) {
  return Node(OpType::kSigmoid, {name}, {x}, ActivationAttributes{{.kind = Activation::Kind::kSigmoid}});
}

GraphBuilder& GraphBuilder::Softmax(const std::string& name, const std::string& x, int64_t axis) {
  return Node(OpType::kSoftmax, {name}, {x}, SoftmaxAttributes{.axis = axis});
}

GraphBuilder& GraphBuilder::Dropout(const std::string& name, const std::string& x) {
  return Node(OpType::kDropout, {name}, {x});
}

GraphBuilder& GraphBuilder::Identity(const std::string& name, const std::string& x) {
  return Node(OpType::kIdentity, {name}, {x});
}

GraphBuilder& GraphBuilder::Cast(const std::string& name, const std::string& x, DataType to) {
  return Node(OpType::kCast, {name}, {x}, CastAttributes{.to = to});
}

GraphBuilder& GraphBuilder::ReduceMean(const std::string& name, const std::string& x, std::vector<int64_t> axes,
                                       bool keep_dims) {
  return Node(OpType::kReduceMean, {name}, {x}, ReduceMeanAttributes{std::move(axes), keep_dims});
}

GraphBuilder& GraphBuilder::Add(const std::string& name, const std::string& a, const std::string& b) {
  return Node(OpType::kAdd, {name}, {a, b});
}

GraphBuilder& GraphBuilder::Mul(const std::string& name, const std::string& a, const std::string& b) {
  return Node(OpType::kMul, {name}, {a, b});
}

GraphBuilder& GraphBuilder::Sum(const std::string& name, const std::vector<std::string>& terms) {
  return Node(OpType::kSum, {name}, terms);
}

GraphBuilder& GraphBuilder::Concat(const std::string& name, const std::vector<std::string>& parts, int64_t axis) {
  return Node(OpType::kConcat, {name}, parts, AxisAttributes{.axis = axis});
}

GraphBuilder& GraphBuilder::MatMul(const std::string& name, const std::string& a, const std::string& b) {
  return Node(OpType::kMatMul, {name}, {a, b});
}

GraphBuilder& GraphBuilder::Gemm(const std::string& name, const std::string& x, int64_t outputs) {
  return Gemm(name, x, outputs, GemmOptions{});
}

GraphBuilder& GraphBuilder::Gemm(const std::string& name, const std::string& x, int64_t outputs,
                                 const GemmOptions& options) {
  const Shape input = ShapeOf(x);
  const int64_t inputs = input.rank() > 1 ? input[1] : 0;
  const std::string weights = absl::StrCat(name, "/weights");
  const std::string bias = absl::StrCat(name, "/bias");
  const float bound = WeightBound(inputs);
  RandomConstant(weights, options.transpose_b ? Shape({outputs, inputs}) : Shape({inputs, outputs}), -bound, bound);
  if (options.bias) RandomConstant(bias, {outputs}, -0.5F, 0.5F);
  std::vector<std::string> operands = {x, weights};
  if (options.bias) operands.push_back(bias);
  return Node(OpType::kGemm, {name}, operands,
              GemmAttributes{.alpha = options.alpha, .beta = options.beta, .transpose_b = options.transpose_b});
}

GraphBuilder& GraphBuilder::Flatten(const std::string& name, const std::string& x, int64_t axis) {
  return Node(OpType::kFlatten, {name}, {x}, FlattenAttributes{.axis = axis});
}

GraphBuilder& GraphBuilder::Reshape(const std::string& name, const std::string& x, std::vector<int64_t> shape) {
  return Node(OpType::kReshape, {name}, {x}, ReshapeAttributes{.shape = std::move(shape)});
}

GraphBuilder& GraphBuilder::Squeeze(const std::string& name, const std::string& x, std::vector<int64_t> axes) {
  return Node(OpType::kSqueeze, {name}, {x}, AxesAttributes{std::move(axes)});
}

GraphBuilder& GraphBuilder::Unsqueeze(const std::string& name, const std::string& x, std::vector<int64_t> axes) {
  return Node(OpType::kUnsqueeze, {name}, {x}, AxesAttributes{std::move(axes)});
}

GraphBuilder& GraphBuilder::Transpose(const std::string& name, const std::string& x, std::vector<int64_t> permutation) {
  return Node(OpType::kTranspose, {name}, {x}, TransposeAttributes{std::move(permutation)});
}

GraphBuilder& GraphBuilder::Pad(const std::string& name, const std::string& x, PadAttributes attributes) {
  return Node(OpType::kPad, {name}, {x}, std::move(attributes));
}

GraphBuilder& GraphBuilder::Node(OpType op, const std::vector<std::string>& outputs,
                                 const std::vector<std::string>& inputs, Attributes attributes) {
  if (status_.ok()) status_ = Append(op, outputs, inputs, std::move(attributes));
  return *this;
}

GraphBuilder& GraphBuilder::Output(const std::string& value) { return Output(value, value); }

GraphBuilder& GraphBuilder::Output(const std::string& name, const std::string& value) {
  ShapeOf(value);
  if (status_.ok()) graph_.AddOutput(name, graph_.FindValue(value));
  return *this;
}

absl::StatusOr<Graph> GraphBuilder::TryBuild() {
  RETURN_IF_ERROR(status_);
  Graph graph = graph_;
  RETURN_IF_ERROR(InferShapes(graph));
  return graph;
}

Graph GraphBuilder::Build() {
  absl::StatusOr<Graph> graph = TryBuild();
  if (!graph.ok()) {
    std::fprintf(stderr, "GraphBuilder: %s\n", graph.status().ToString().c_str());
    std::abort();
  }
  return *std::move(graph);
}

Shape GraphBuilder::ShapeOf(const std::string& value) {
  const ValueId id = graph_.FindValue(value);
  if (id != kNoValue) return graph_.value(id).shape;
  if (status_.ok()) status_ = absl::NotFoundError(absl::StrCat("value '", value, "': want one that is built before"));
  return {};
}

Tensor GraphBuilder::RandomTensor(const Shape& shape, float low, float high) {
  absl::StatusOr<Tensor> tensor = Tensor::Create(DataType::kFloat32, shape);
  if (!tensor.ok()) {
    if (status_.ok()) status_ = tensor.status();
    return {};
  }
  std::uniform_real_distribution<float> elements(low, high);
  std::generate_n(tensor->As<float>(), tensor->elements(), [&] { return elements(random_); });
  return *std::move(tensor);
}

absl::Status GraphBuilder::Append(OpType op, const std::vector<std::string>& outputs,
                                  const std::vector<std::string>& inputs, Attributes attributes) {
  std::vector<ValueId> operands;
  std::vector<ValueInfo> known;
  for (const std::string& input : inputs) {
    const Shape shape = input.empty() ? Shape() : ShapeOf(input);
    RETURN_IF_ERROR(status_);
    operands.push_back(input.empty() ? kNoValue : graph_.FindValue(input));
    known.push_back({input.empty() ? DataType::kFloat32 : graph_.value(operands.back()).type, shape});
  }
  if (outputs.empty()) return absl::InvalidArgumentError("node: want at least one output");
  ASSIGN_OR_RETURN(const NodeId node,
                   graph_.AddNode(op, outputs.front(), std::move(attributes), std::move(operands), outputs));
  ASSIGN_OR_RETURN(const std::vector<ValueInfo> inferred, InferNode(graph_.node(node), known));
  for (size_t i = 0; i < inferred.size(); ++i) {
    Value& value = graph_.value(graph_.node(node).outputs[i]);
    value.type = inferred[i].type;
    value.shape = inferred[i].shape;
    value.has_shape = true;
  }
  return absl::OkStatus();
}

}  // namespace onebyone::testing
