#include "engine/passes/channel_affine.h"

#include <cmath>
#include <utility>

namespace onebyone {
namespace {

// One statistic of a batch normalization.
const float* Statistic(const Graph& graph, ValueId value, int64_t channels) {
  const Tensor* constant = graph.ConstantOf(value);
  if (constant == nullptr || constant->type() != DataType::kFloat32 || constant->shape() != Shape{channels})
    return nullptr;
  return constant->As<float>();
}

std::optional<ChannelAffine> OfBatchNormalization(const Graph& graph, const Node& node, ValueId x, int64_t channels) {
  const auto* attributes = std::get_if<BatchNormalizationAttributes>(&node.attributes);
  if (attributes == nullptr || node.inputs.size() != 5 || node.inputs[0] != x) return std::nullopt;
  const float* gamma = Statistic(graph, node.inputs[1], channels);
  const float* beta = Statistic(graph, node.inputs[2], channels);
  const float* mean = Statistic(graph, node.inputs[3], channels);
  const float* variance = Statistic(graph, node.inputs[4], channels);
  if (gamma == nullptr || beta == nullptr || mean == nullptr || variance == nullptr) return std::nullopt;
  ChannelAffine affine;
  for (int64_t c = 0; c < channels; ++c) {
    const double scale = gamma[c] / std::sqrt(static_cast<double>(variance[c]) + attributes->epsilon);
    if (!std::isfinite(scale)) return std::nullopt;
    affine.scale.push_back(scale);
    affine.shift.push_back(beta[c] - mean[c] * scale);
  }
  return affine;
}

}  // namespace

std::optional<std::vector<double>> ChannelNumbers(const Tensor* constant, int rank, int64_t channels) {
  if (constant == nullptr || constant->type() != DataType::kFloat32 || channels < 1) return std::nullopt;
  const Shape& shape = constant->shape();
  if (shape.rank() > rank) return std::nullopt;
  const int channel_axis = 1 - (rank - shape.rank());  // shapes are aligned at their last axes
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const bool fits = shape[axis] == 1 || (axis == channel_axis && shape[axis] == channels);
    if (!fits) return std::nullopt;
  }
  const bool is_single = constant->elements() == 1;
  std::vector<double> numbers(channels);
  for (int64_t c = 0; c < channels; ++c) numbers[c] = constant->As<float>()[is_single ? 0 : c];
  return numbers;
}

std::optional<ChannelAffine> ChannelAffineOf(const Graph& graph, NodeId node_id, ValueId x, int rank,
                                             int64_t channels) {
  const Node& node = graph.node(node_id);
  if (node.outputs.size() != 1) return std::nullopt;
  if (node.op == OpType::kBatchNormalization) return OfBatchNormalization(graph, node, x, channels);
  if (node.op != OpType::kMul && node.op != OpType::kAdd && node.op != OpType::kSum) return std::nullopt;
  if (node.inputs.size() != 2) return std::nullopt;
  const ValueId other = node.inputs[0] == x ? node.inputs[1] : node.inputs[0];
  std::optional<std::vector<double>> numbers = ChannelNumbers(graph.ConstantOf(other), rank, channels);
  if (!numbers.has_value()) return std::nullopt;
  if (node.op == OpType::kMul) return ChannelAffine{*std::move(numbers), std::vector<double>(channels, 0.0)};
  return ChannelAffine{std::vector<double>(channels, 1.0), *std::move(numbers)};
}

}  // namespace onebyone
