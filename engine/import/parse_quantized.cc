// Bytes with a scale. Networks that somebody else has quantized come as QuantizeLinear and DequantizeLinear around
// ordinary operators, or as QLinearConv, which becomes the same.

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/axes.h"
#include "engine/import/operator_parsers.h"

namespace onebyone {
namespace {

absl::StatusOr<ParsedNode> ParseLinear(NodeParser& node, OpType op) {
  RETURN_IF_ERROR(node.CheckInputs(2, 3));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  QuantizeAttributes attributes;
  if (node.opset() >= 13) {
    ASSIGN_OR_RETURN(attributes.axis, node.attributes().Int("axis", 1));
    RETURN_IF_ERROR(CheckAxes({attributes.axis}));
  }
  return Operation{op, attributes, node.inputs()};
}

// The inputs of QLinearConv.
enum Input : int { kX, kXScale, kXZero, kWeights, kWeightScale, kWeightZero, kYScale, kYZero, kBias };

absl::StatusOr<const Tensor*> FloatScale(NodeParser& node, int index, absl::string_view what) {
  ASSIGN_OR_RETURN(const Tensor* scale, node.Constant(index, what));
  if (scale->type() == DataType::kFloat32 && scale->elements() > 0) return scale;
  return absl::InvalidArgumentError(
      absl::StrCat(what, ": want float32 elements, got ", NameOf(scale->type()), " ", scale->shape().ToString()));
}

// int32 in units of the scales of input and weights, as float32.
absl::StatusOr<Tensor> FloatBias(NodeParser& node) {
  ASSIGN_OR_RETURN(const Tensor* bias, node.Constant(kBias, "bias"));
  ASSIGN_OR_RETURN(const Tensor* x_scale, FloatScale(node, kXScale, "scale of the input"));
  ASSIGN_OR_RETURN(const Tensor* scales, FloatScale(node, kWeightScale, "scale of the weights"));
  if (bias->type() != DataType::kInt32 || bias->shape().rank() != 1 || x_scale->elements() != 1 ||
      (scales->elements() != 1 && scales->elements() != bias->elements())) {
    return absl::InvalidArgumentError(absl::StrCat("bias: want int32 [K] with one or K scales, got ",
                                                   NameOf(bias->type()), " ", bias->shape().ToString(), " with ",
                                                   scales->elements()));
  }
  RETURN_IF_ERROR(node.budget().Take(DataType::kFloat32, bias->shape()));
  ASSIGN_OR_RETURN(Tensor result, Tensor::Create(DataType::kFloat32, bias->shape()));
  for (int64_t i = 0; i < bias->elements(); ++i) {
    const float scale = scales->As<float>()[scales->elements() == 1 ? 0 : i] * *x_scale->As<float>();
    result.As<float>()[i] = static_cast<float>(bias->As<int32_t>()[i]) * scale;
  }
  return result;
}

}  // namespace

absl::StatusOr<ParsedNode> ParseDequantizeLinear(NodeParser& node) {
  return ParseLinear(node, OpType::kDequantizeLinear);
}

absl::StatusOr<ParsedNode> ParseQuantizeLinear(NodeParser& node) { return ParseLinear(node, OpType::kQuantizeLinear); }

absl::StatusOr<ParsedNode> ParseQLinearConv(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(8, 9));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  ASSIGN_OR_RETURN(ConvAttributes conv, ParseConvAttributes(node, kWeights));
  const std::vector<ValueId>& inputs = node.inputs();
  ASSIGN_OR_RETURN(const ValueId x, node.Further("input", {OpType::kDequantizeLinear,
                                                           QuantizeAttributes{},
                                                           {inputs[kX], inputs[kXScale], inputs[kXZero]}}));
  ASSIGN_OR_RETURN(const ValueId weights,
                   node.Further("weights", {OpType::kDequantizeLinear,
                                            QuantizeAttributes{.axis = 0},
                                            {inputs[kWeights], inputs[kWeightScale], inputs[kWeightZero]}}));
  Operation operation{OpType::kConv, std::move(conv), {x, weights}};
  if (node.HasInput(kBias)) {
    ASSIGN_OR_RETURN(Tensor bias, FloatBias(node));
    ASSIGN_OR_RETURN(const ValueId value, node.FurtherConstant("bias", std::move(bias)));
    operation.inputs.push_back(value);
  }
  ASSIGN_OR_RETURN(const ValueId y, node.Further("conv", std::move(operation)));
  return Operation{OpType::kQuantizeLinear, QuantizeAttributes{}, {y, inputs[kYScale], inputs[kYZero]}};
}

}  // namespace onebyone
