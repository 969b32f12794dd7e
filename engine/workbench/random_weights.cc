#include "engine/workbench/random_weights.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "engine/base/status_macros.h"
#include "engine/reduction/normal_numbers.h"

namespace onebyone {
namespace {

class Randomizer {
 public:
  Randomizer(Graph& graph, uint64_t seed) : graph_(graph), normal_(seed) {}

  absl::Status Visit(NodeId id) {
    switch (graph_.node(id).op) {
      case OpType::kConv: return Draw(id, /*weights=*/1);
      case OpType::kGemm: return Draw(id, /*weights=*/1);
      case OpType::kMatMul: return Draw(id, /*weights=*/1);
      case OpType::kBatchNormalization: return Neutralize(id);
      default: return absl::OkStatus();
    }
  }

 private:
  // New weights, and a bias of zeros where there is one.
  absl::Status Draw(NodeId id, size_t weights) {
    const Tensor* const old = ConstantAt(id, weights);
    if (old == nullptr || old->shape().rank() < 2) return absl::OkStatus();
    ASSIGN_OR_RETURN(Tensor drawn, Tensor::Create(DataType::kFloat32, old->shape()));
    const double deviation = std::sqrt(2.0 / static_cast<double>(InputsOfOneOutput(graph_.node(id), old->shape())));
    std::generate_n(drawn.As<float>(), drawn.elements(),
                    [&] { return static_cast<float>(deviation * normal_.Next()); });
    RETURN_IF_ERROR(Replace(id, weights, std::move(drawn)));
    return Fill(id, /*input=*/2, 0);
  }

  static int64_t InputsOfOneOutput(const Node& node, const Shape& weights) {
    if (node.op == OpType::kConv) return weights.Elements() / weights[0];
    const auto* gemm = std::get_if<GemmAttributes>(&node.attributes);
    const bool rows_are_outputs = gemm != nullptr && gemm->transpose_b;
    return weights[weights.rank() - (rows_are_outputs ? 1 : 2)];
  }

  absl::Status Neutralize(NodeId id) {
    RETURN_IF_ERROR(Fill(id, /*input=*/1, 1));  // scale
    RETURN_IF_ERROR(Fill(id, /*input=*/2, 0));  // shift
    RETURN_IF_ERROR(Fill(id, /*input=*/3, 0));  // mean
    return Fill(id, /*input=*/4, 1);            // variance
  }

  absl::Status Fill(NodeId id, size_t input, float value) {
    const Tensor* const old = ConstantAt(id, input);
    if (old == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(Tensor filled, Tensor::Create(DataType::kFloat32, old->shape()));
    std::fill_n(filled.As<float>(), filled.elements(), value);
    return Replace(id, input, std::move(filled));
  }

  // Null where the input is absent, computed, or of another type.
  const Tensor* ConstantAt(NodeId id, size_t input) const {
    const Node& node = graph_.node(id);
    if (input >= node.inputs.size() || node.inputs[input] == kNoValue) return nullptr;
    const Tensor* const constant = graph_.ConstantOf(node.inputs[input]);
    return constant != nullptr && constant->type() == DataType::kFloat32 ? constant : nullptr;
  }

  // For this node alone: others may read the same constant.
  absl::Status Replace(NodeId id, size_t input, Tensor tensor) {
    ASSIGN_OR_RETURN(const ValueId value, graph_.AddConstant("", std::move(tensor)));
    graph_.node(id).inputs[input] = value;
    return absl::OkStatus();
  }

  Graph& graph_;
  NormalNumbers normal_;
};

}  // namespace

absl::StatusOr<Graph> WithRandomWeights(Graph network, uint64_t seed) {
  for (const OpType op : {OpType::kQuantizeLinear, OpType::kDequantizeLinear}) {
    if (network.NodesOf(op).empty()) continue;
    return absl::FailedPreconditionError(
        "random weights: want a network of floats, got one that is quantized, whose scales fit its own weights alone");
  }
  Randomizer randomizer(network, seed);
  for (const NodeId id : network.NodeIds()) RETURN_IF_ERROR(randomizer.Visit(id));
  return network;
}

}  // namespace onebyone
