// Functions of one element.

#include "engine/base/status_macros.h"
#include "engine/import/operator_parsers.h"

namespace onebyone {
namespace {

absl::StatusOr<ParsedNode> ParsePlain(NodeParser& node, OpType op, Activation::Kind kind) {
  RETURN_IF_ERROR(node.CheckInputs(1, 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  return Operation{op, ActivationAttributes{{.kind = kind}}, node.inputs()};
}

// A limit of Clip that is an input, or `fallback` where it is absent.
absl::StatusOr<float> Limit(NodeParser& node, int index, absl::string_view name, float fallback) {
  if (!node.HasInput(index)) return fallback;
  ASSIGN_OR_RETURN(const Tensor* limit, node.Constant(index, name));
  return ScalarOf(*limit, name);
}

}  // namespace

absl::StatusOr<ParsedNode> ParseRelu(NodeParser& node) {
  return ParsePlain(node, OpType::kRelu, Activation::Kind::kRelu);
}

absl::StatusOr<ParsedNode> ParseSigmoid(NodeParser& node) {
  return ParsePlain(node, OpType::kSigmoid, Activation::Kind::kSigmoid);
}

absl::StatusOr<ParsedNode> ParseLeakyRelu(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(1, 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  Activation activation{.kind = Activation::Kind::kLeakyRelu};
  ASSIGN_OR_RETURN(activation.slope, node.attributes().Float("alpha", 0.01F));
  return Operation{OpType::kLeakyRelu, ActivationAttributes{activation}, node.inputs()};
}

absl::StatusOr<ParsedNode> ParseClip(NodeParser& node) {
  const bool has_inputs = node.opset() >= 11;
  RETURN_IF_ERROR(node.CheckInputs(1, has_inputs ? 3 : 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  Activation activation{.kind = Activation::Kind::kClip};
  if (has_inputs) {
    ASSIGN_OR_RETURN(activation.low, Limit(node, 1, "min", activation.low));
    ASSIGN_OR_RETURN(activation.high, Limit(node, 2, "max", activation.high));
  } else {
    ASSIGN_OR_RETURN(activation.low, node.attributes().Float("min", activation.low));
    ASSIGN_OR_RETURN(activation.high, node.attributes().Float("max", activation.high));
  }
  return Operation{OpType::kClip, ActivationAttributes{activation}, {node.inputs().front()}};
}

}  // namespace onebyone
