#pragma once

#include <variant>

#include "absl/status/statusor.h"
#include "engine/import/graph_builder.h"
#include "engine/import/node_parser.h"
#include "engine/tensor/tensor.h"

namespace onebyone {

// What a node of the file becomes: an operation of the graph, or a constant.
using ParsedNode = std::variant<Operation, Tensor>;

// Reads one node. INVALID_ARGUMENT for what the operator cannot have, UNIMPLEMENTED (or NodeParser::AddUnsupported) for
// what onebyone lacks; the caller adds which node it was. Each parser knows all forms from the operator set in
// operator_table.cc on.
using OperatorParser = absl::StatusOr<ParsedNode> (*)(NodeParser& node);

// parse_windows.cc
absl::StatusOr<ConvAttributes> ParseConvAttributes(NodeParser& node, int weights_input);
absl::StatusOr<ParsedNode> ParseConv(NodeParser& node);
absl::StatusOr<ParsedNode> ParseMaxPool(NodeParser& node);
absl::StatusOr<ParsedNode> ParseAveragePool(NodeParser& node);
absl::StatusOr<ParsedNode> ParseGlobalAveragePool(NodeParser& node);
absl::StatusOr<ParsedNode> ParseGlobalMaxPool(NodeParser& node);

// parse_normalization.cc
absl::StatusOr<ParsedNode> ParseBatchNormalization(NodeParser& node);
absl::StatusOr<ParsedNode> ParseLrn(NodeParser& node);
absl::StatusOr<ParsedNode> ParseSoftmax(NodeParser& node);
absl::StatusOr<ParsedNode> ParseDropout(NodeParser& node);

// parse_activation.cc
absl::StatusOr<ParsedNode> ParseRelu(NodeParser& node);
absl::StatusOr<ParsedNode> ParseLeakyRelu(NodeParser& node);
absl::StatusOr<ParsedNode> ParseClip(NodeParser& node);
absl::StatusOr<ParsedNode> ParseSigmoid(NodeParser& node);

// parse_arithmetic.cc
absl::StatusOr<ParsedNode> ParseAdd(NodeParser& node);
absl::StatusOr<ParsedNode> ParseMul(NodeParser& node);
absl::StatusOr<ParsedNode> ParseSum(NodeParser& node);
absl::StatusOr<ParsedNode> ParseGemm(NodeParser& node);
absl::StatusOr<ParsedNode> ParseMatMul(NodeParser& node);
absl::StatusOr<ParsedNode> ParseReduceMean(NodeParser& node);

// parse_shape.cc
absl::StatusOr<ParsedNode> ParseConcat(NodeParser& node);
absl::StatusOr<ParsedNode> ParseFlatten(NodeParser& node);
absl::StatusOr<ParsedNode> ParseIdentity(NodeParser& node);
absl::StatusOr<ParsedNode> ParsePad(NodeParser& node);
absl::StatusOr<ParsedNode> ParseReshape(NodeParser& node);
absl::StatusOr<ParsedNode> ParseSqueeze(NodeParser& node);
absl::StatusOr<ParsedNode> ParseTranspose(NodeParser& node);
absl::StatusOr<ParsedNode> ParseUnsqueeze(NodeParser& node);

// parse_constant.cc
absl::StatusOr<ParsedNode> ParseCast(NodeParser& node);
absl::StatusOr<ParsedNode> ParseConstant(NodeParser& node);
absl::StatusOr<ParsedNode> ParseConstantOfShape(NodeParser& node);

// parse_quantized.cc
absl::StatusOr<ParsedNode> ParseDequantizeLinear(NodeParser& node);
absl::StatusOr<ParsedNode> ParseQuantizeLinear(NodeParser& node);
absl::StatusOr<ParsedNode> ParseQLinearConv(NodeParser& node);

}  // namespace onebyone
