#include "engine/passes/append_reduction.h"

#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

absl::Status CheckConvolution(const std::string& reduction, const Tensor& weights, const std::optional<Tensor>& bias) {
  if (weights.type() != DataType::kFloat32 || weights.shape().rank() != 2) {
    return absl::InvalidArgumentError(absl::StrCat("reduction '", reduction, "': want float32 weights of rank 2, got ",
                                                   NameOf(weights.type()), " ", weights.shape().ToString()));
  }
  const Shape rows{weights.shape()[0]};
  if (bias.has_value() && (bias->type() != DataType::kFloat32 || bias->shape() != rows)) {
    return absl::InvalidArgumentError(absl::StrCat("reduction '", reduction, "': want a float32 bias ", rows.ToString(),
                                                   ", got ", NameOf(bias->type()), " ", bias->shape().ToString()));
  }
  return absl::OkStatus();
}

absl::Status CheckReduction(const Reduction& reduction, int64_t channels) {
  RETURN_IF_ERROR(CheckConvolution(reduction.name, reduction.weights, reduction.bias));
  if (reduction.hidden.has_value()) {
    RETURN_IF_ERROR(CheckConvolution(reduction.name, reduction.hidden->weights, reduction.hidden->bias));
    if (reduction.weights.shape()[1] != reduction.hidden->out_channels()) {
      return absl::InvalidArgumentError(absl::StrCat("reduction '", reduction.name, "': want weights [K, ",
                                                     reduction.hidden->out_channels(), "] behind the hidden ones, got ",
                                                     reduction.weights.shape().ToString()));
    }
  }
  if (channels < 1 || channels > reduction.max_channels()) {
    return absl::InvalidArgumentError(absl::StrCat("channels: want 1 to ", reduction.max_channels(), " of reduction '",
                                                   reduction.name, "', got ", channels));
  }
  return absl::OkStatus();
}

absl::Status CheckLayer(const Value& layer, const std::string& asked, const Reduction& reduction) {
  const bool has_channels =
      layer.has_shape && layer.type == DataType::kFloat32 && (layer.shape.rank() == 4 || layer.shape.rank() == 2);
  if (!has_channels) {
    return absl::InvalidArgumentError(
        absl::StrCat("layer '", asked, "': a reduction wants float32 [N, C, H, W] or [N, C], got ", NameOf(layer.type),
                     " ", layer.has_shape ? layer.shape.ToString() : "of unknown shape"));
  }
  if (layer.shape[1] != reduction.layer_channels()) {
    return absl::InvalidArgumentError(absl::StrCat("layer '", asked, "': reduction '", reduction.name, "' wants ",
                                                   reduction.layer_channels(), " channels, got ", layer.shape[1]));
  }
  return absl::OkStatus();
}

// The first rows of `whole` as `shape`; shares memory where these are all.
absl::StatusOr<Tensor> FirstRows(const Tensor& whole, const Shape& shape) {
  if (shape.Elements() == whole.elements()) return whole.Reshaped(shape);
  ASSIGN_OR_RETURN(Tensor rows, Tensor::Create(DataType::kFloat32, shape));
  std::memcpy(rows.data(), whole.data(), rows.bytes());
  return rows;
}

// What the name of a reduced value ends with.
std::string Suffix(const Reduction& reduction, int64_t channels) {
  return absl::StrCat(" -> ", reduction.name, "[:", channels, "]");
}

// The first `rows` rows of a 1x1 convolution, as a reduction applies it.
struct Rows {
  const Tensor& weights;
  const std::optional<Tensor>& bias;
  bool relu;
  int64_t rows;
};

class Appending {
 public:
  Appending(Graph& graph, const Reduction& reduction, int64_t channels)
      : graph_(graph), reduction_(reduction), channels_(channels) {}

  absl::StatusOr<ValueId> Append(ValueId layer) {
    const std::string layer_name = graph_.value(layer).name;
    ValueId from = layer;
    if (reduction_.hidden.has_value()) {
      const PointwiseConvolution& hidden = *reduction_.hidden;
      ASSIGN_OR_RETURN(from, AppendOne(layer, absl::StrCat(layer_name, " -> ", reduction_.name, "[hidden]"),
                                       {hidden.weights, hidden.bias, hidden.relu, hidden.out_channels()}));
    }
    return AppendOne(from, absl::StrCat(layer_name, Suffix(reduction_, channels_)),
                     {reduction_.weights, reduction_.bias, reduction_.relu, channels_});
  }

 private:
  absl::StatusOr<ValueId> AppendOne(ValueId from, const std::string& name, const Rows& rows) {
    const ValueId known = graph_.FindValue(name);
    if (known != kNoValue && graph_.value(known).producer != kNoNode) return known;
    // A name whose value is gone cannot be given again.
    const std::string free_name = known == kNoValue ? name : "";
    return graph_.value(from).shape.rank() == 4 ? AppendConv(from, free_name, rows) : AppendGemm(from, free_name, rows);
  }

  absl::StatusOr<std::vector<ValueId>> AddInputs(ValueId from, const Rows& rows, const Shape& weights_shape) {
    ASSIGN_OR_RETURN(Tensor weights, FirstRows(rows.weights, weights_shape));
    ASSIGN_OR_RETURN(const ValueId weights_value, graph_.AddConstant("", std::move(weights)));
    std::vector<ValueId> inputs = {from, weights_value};
    if (!rows.bias.has_value()) return inputs;
    ASSIGN_OR_RETURN(Tensor bias, FirstRows(*rows.bias, {rows.rows}));
    ASSIGN_OR_RETURN(const ValueId bias_value, graph_.AddConstant("", std::move(bias)));
    inputs.push_back(bias_value);
    return inputs;
  }

  absl::StatusOr<ValueId> AddNode(OpType op, Attributes attributes, std::vector<ValueId> inputs, const Shape& shape,
                                  const std::string& name) {
    ASSIGN_OR_RETURN(const NodeId node, graph_.AddNode(op, name, std::move(attributes), std::move(inputs), {name}));
    const ValueId result = graph_.node(node).outputs.front();
    graph_.value(result).shape = shape;
    graph_.value(result).has_shape = true;
    return result;
  }

  absl::StatusOr<ValueId> AppendConv(ValueId from, const std::string& name, const Rows& rows) {
    Shape shape = graph_.value(from).shape;
    ASSIGN_OR_RETURN(std::vector<ValueId> inputs, AddInputs(from, rows, {rows.rows, shape[1], 1, 1}));
    ConvAttributes conv;
    conv.window = {{1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, Window::AutoPad::kExplicit};
    if (rows.relu) conv.activation = Activation{};
    shape[1] = rows.rows;
    return AddNode(OpType::kConv, conv, std::move(inputs), shape, name);
  }

  absl::StatusOr<ValueId> AppendGemm(ValueId from, const std::string& name, const Rows& rows) {
    Shape shape = graph_.value(from).shape;
    ASSIGN_OR_RETURN(std::vector<ValueId> inputs, AddInputs(from, rows, {rows.rows, shape[1]}));
    GemmAttributes gemm;
    gemm.transpose_b = true;
    shape[1] = rows.rows;
    if (!rows.relu) return AddNode(OpType::kGemm, gemm, std::move(inputs), shape, name);
    ASSIGN_OR_RETURN(const ValueId linear, AddNode(OpType::kGemm, gemm, std::move(inputs), shape, ""));
    return AddNode(OpType::kRelu, ActivationAttributes{}, {linear}, shape, name);
  }

  Graph& graph_;
  const Reduction& reduction_;
  const int64_t channels_;
};

}  // namespace

absl::StatusOr<int> AppendReduction::Run(Graph& graph) const {
  if (output < 0 || static_cast<size_t>(output) >= graph.outputs().size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("append_reduction: want an output below ", graph.outputs().size(), ", got ", output));
  }
  if (reduction == nullptr) return absl::InvalidArgumentError("append_reduction: want a reduction, got none");
  std::vector<Graph::Output> outputs(graph.outputs().begin(), graph.outputs().end());
  Graph::Output& asked = outputs[output];
  if (absl::EndsWith(graph.value(asked.value).name, Suffix(*reduction, channels))) return 0;
  RETURN_IF_ERROR(CheckReduction(*reduction, channels));
  RETURN_IF_ERROR(CheckLayer(graph.value(asked.value), asked.name, *reduction));
  ASSIGN_OR_RETURN(asked.value, Appending(graph, *reduction, channels).Append(asked.value));
  graph.SetOutputs(std::move(outputs));
  return 1;
}

}  // namespace onebyone
