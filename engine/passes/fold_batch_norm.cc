#include "engine/passes/fold_batch_norm.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/passes/channel_affine.h"
#include "engine/passes/take_over.h"

namespace onebyone {
namespace {

// A Conv or Gemm that a function of its channels can be folded into.
struct Linear {
  enum class Channels : uint8_t { kRows, kColumns };  // where the weights of one channel lie
  int rank = 0;                                       // of the result
  int64_t channels = 0;
  Channels channels_are = Channels::kRows;
  const Tensor* weights = nullptr;
  std::vector<double> bias;
};

std::optional<std::vector<double>> BiasOf(const Graph& graph, const Node& node, int64_t channels, double factor) {
  if (node.inputs.size() < 3 || node.inputs[2] == kNoValue) return std::vector<double>(channels, 0.0);
  std::optional<std::vector<double>> bias = ChannelNumbers(graph.ConstantOf(node.inputs[2]), /*rank=*/2, channels);
  if (!bias.has_value()) return std::nullopt;
  for (double& number : *bias) number *= factor;
  return bias;
}

std::optional<Linear> LinearOf(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.inputs.size() < 2 || node.outputs.size() != 1) return std::nullopt;
  Linear linear;
  linear.weights = graph.ConstantOf(node.inputs[1]);
  if (linear.weights == nullptr || linear.weights->type() != DataType::kFloat32) return std::nullopt;
  const Shape& shape = linear.weights->shape();
  double bias_factor = 1.0;
  if (const auto* conv = std::get_if<ConvAttributes>(&node.attributes); node.op == OpType::kConv && conv != nullptr) {
    if (conv->activation.has_value() || shape.rank() < 3) return std::nullopt;
    linear.rank = shape.rank();
    linear.channels = shape[0];
  } else if (const auto* gemm = std::get_if<GemmAttributes>(&node.attributes);
             node.op == OpType::kGemm && gemm != nullptr) {
    if (shape.rank() != 2) return std::nullopt;
    linear.rank = 2;
    linear.channels_are = gemm->transpose_b ? Linear::Channels::kRows : Linear::Channels::kColumns;
    linear.channels = gemm->transpose_b ? shape[0] : shape[1];
    bias_factor = gemm->beta;
  } else {
    return std::nullopt;
  }
  std::optional<std::vector<double>> bias = BiasOf(graph, node, linear.channels, bias_factor);
  if (!bias.has_value()) return std::nullopt;
  linear.bias = *std::move(bias);
  return linear;
}

absl::StatusOr<Tensor> ScaledWeights(const Linear& linear, const std::vector<double>& scale) {
  ASSIGN_OR_RETURN(Tensor scaled, Tensor::Create(DataType::kFloat32, linear.weights->shape()));
  const int64_t per_row = linear.channels == 0 ? 0 : linear.weights->elements() / linear.channels;
  const float* from = linear.weights->As<float>();
  float* to = scaled.As<float>();
  const bool rows = linear.channels_are == Linear::Channels::kRows;
  for (int64_t i = 0; i < scaled.elements(); ++i) {
    to[i] = static_cast<float>(from[i] * scale[rows ? i / per_row : i % linear.channels]);
  }
  return scaled;
}

absl::Status Fold(Graph& graph, NodeId id, const Linear& linear, const ChannelAffine& affine) {
  // Only a shift: the weights stay as they are, and shared.
  if (std::any_of(affine.scale.begin(), affine.scale.end(), [](double scale) { return scale != 1.0; })) {
    ASSIGN_OR_RETURN(Tensor weights, ScaledWeights(linear, affine.scale));
    ASSIGN_OR_RETURN(graph.node(id).inputs[1], graph.AddConstant("", std::move(weights)));
  }
  ASSIGN_OR_RETURN(Tensor bias, Tensor::Create(DataType::kFloat32, {linear.channels}));
  for (int64_t c = 0; c < linear.channels; ++c) {
    bias.As<float>()[c] = static_cast<float>(linear.bias[c] * affine.scale[c] + affine.shift[c]);
  }
  graph.node(id).inputs.resize(3, kNoValue);
  ASSIGN_OR_RETURN(graph.node(id).inputs[2], graph.AddConstant("", std::move(bias)));
  if (auto* gemm = std::get_if<GemmAttributes>(&graph.node(id).attributes)) gemm->beta = 1.0F;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> FoldBatchNorm::Run(Graph& graph) const {
  int rewrites = 0;
  for (const NodeId id : graph.NodeIds()) {
    while (const std::optional<Linear> linear = LinearOf(graph, id)) {
      const ValueId result = graph.node(id).outputs.front();
      const NodeId reader = graph.SoleConsumer(result);
      if (reader == kNoNode) break;
      const std::optional<ChannelAffine> affine =
          ChannelAffineOf(graph, reader, result, linear->rank, linear->channels);
      if (!affine.has_value()) break;
      RETURN_IF_ERROR(Fold(graph, id, *linear, *affine));
      TakeOver(graph, id, reader);
      ++rewrites;
    }
  }
  return rewrites;
}

}  // namespace onebyone
