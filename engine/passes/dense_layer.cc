#include "engine/passes/dense_layer.h"

#include <algorithm>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/passes/channel_affine.h"

namespace onebyone {
namespace {

bool IsMatrix(const Value& value) {
  return value.has_shape && value.type == DataType::kFloat32 && value.shape.rank() == 2 && value.shape.IsKnown();
}

bool MatchWeights(const Graph& graph, const Node& node, bool rows_are_outputs, DenseLayer& dense) {
  if (node.inputs.size() < 2 || node.inputs[0] == kNoValue || node.inputs[1] == kNoValue) return false;
  const Value& x = graph.value(node.inputs[0]);
  const Value& weights = graph.value(node.inputs[1]);
  if (!IsMatrix(x) || x.constant != nullptr || weights.constant == nullptr || !IsMatrix(weights)) return false;
  dense.x = node.inputs[0];
  dense.weights = weights.constant;
  dense.rows_are_outputs = rows_are_outputs;
  dense.outputs = weights.shape[rows_are_outputs ? 0 : 1];
  dense.features = weights.shape[rows_are_outputs ? 1 : 0];
  return dense.features == x.shape[1] && dense.features > 0 && dense.outputs > 0;
}

bool MatchGemm(const Graph& graph, const Node& node, DenseLayer& dense) {
  const auto* gemm = std::get_if<GemmAttributes>(&node.attributes);
  if (gemm == nullptr || gemm->transpose_a || !MatchWeights(graph, node, gemm->transpose_b, dense)) return false;
  dense.factor = gemm->alpha;
  if (node.inputs.size() < 3 || node.inputs[2] == kNoValue) return true;
  const Tensor* bias = graph.ConstantOf(node.inputs[2]);
  dense.bias = ChannelNumbers(bias, /*rank=*/2, dense.outputs);
  if (!dense.bias.has_value()) return false;
  if (gemm->beta == 1.0F && bias->shape() == Shape{dense.outputs}) dense.bias_constant = node.inputs[2];
  for (double& number : *dense.bias) number *= gemm->beta;
  return true;
}

bool MatchMatMul(const Graph& graph, const Node& node, DenseLayer& dense) {
  if (!MatchWeights(graph, node, /*rows_are_outputs=*/false, dense)) return false;
  const ValueId product = node.outputs.front();
  const NodeId reader = graph.SoleConsumer(product);
  if (reader == kNoNode) return true;
  const OpType op = graph.node(reader).op;
  if (op != OpType::kAdd && op != OpType::kSum) return true;
  std::optional<ChannelAffine> added = ChannelAffineOf(graph, reader, product, /*rank=*/2, dense.outputs);
  if (!added.has_value()) return true;
  dense.bias_node = reader;
  dense.bias = std::move(added->shift);
  return true;
}

// [features, outputs] -> [outputs, features], times `factor`; in squares, so that both sides stay in the cache.
void TransposeScaled(const float* from, int64_t features, int64_t outputs, double factor, float* to) {
  constexpr int64_t kSquare = 32;
  for (int64_t row = 0; row < features; row += kSquare) {
    for (int64_t column = 0; column < outputs; column += kSquare) {
      const int64_t row_end = std::min(row + kSquare, features);
      const int64_t column_end = std::min(column + kSquare, outputs);
      for (int64_t k = column; k < column_end; ++k) {
        for (int64_t f = row; f < row_end; ++f)
          to[k * features + f] = static_cast<float>(from[f * outputs + k] * factor);
      }
    }
  }
}

absl::StatusOr<Tensor> ConvWeights(const DenseLayer& dense, const Shape& shape) {
  if (dense.rows_are_outputs && dense.factor == 1.0) return dense.weights->Reshaped(shape);
  ASSIGN_OR_RETURN(Tensor weights, Tensor::Create(DataType::kFloat32, shape));
  const float* from = dense.weights->As<float>();
  if (dense.rows_are_outputs) {
    std::transform(from, from + weights.elements(), weights.As<float>(),
                   [&](float weight) { return static_cast<float>(weight * dense.factor); });
  } else {
    TransposeScaled(from, dense.features, dense.outputs, dense.factor, weights.As<float>());
  }
  return weights;
}

}  // namespace

std::optional<DenseLayer> MatchDense(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  DenseLayer dense;
  dense.node = id;
  if (node.outputs.size() != 1) return std::nullopt;
  if (node.op == OpType::kGemm && MatchGemm(graph, node, dense)) return dense;
  if (node.op == OpType::kMatMul && MatchMatMul(graph, node, dense)) return dense;
  return std::nullopt;
}

Window WholeWindow(int64_t height, int64_t width) {
  return {{height, width}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, Window::AutoPad::kExplicit};
}

absl::StatusOr<std::vector<ValueId>> AddConvInputs(Graph& graph, const DenseLayer& dense, ValueId source,
                                                   int64_t channels, int64_t height, int64_t width) {
  ASSIGN_OR_RETURN(Tensor weights, ConvWeights(dense, {dense.outputs, channels, height, width}));
  ASSIGN_OR_RETURN(const ValueId weights_value, graph.AddConstant("", std::move(weights)));
  std::vector<ValueId> inputs = {source, weights_value};
  if (!dense.bias.has_value()) return inputs;
  if (dense.bias_constant != kNoValue) {
    inputs.push_back(dense.bias_constant);
    return inputs;
  }
  ASSIGN_OR_RETURN(Tensor bias, Tensor::Create(DataType::kFloat32, {dense.outputs}));
  std::transform(dense.bias->begin(), dense.bias->end(), bias.As<float>(),
                 [](double number) { return static_cast<float>(number); });
  ASSIGN_OR_RETURN(const ValueId bias_value, graph.AddConstant("", std::move(bias)));
  inputs.push_back(bias_value);
  return inputs;
}

}  // namespace onebyone
