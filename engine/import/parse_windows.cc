// Convolution and pools.

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/operator_parsers.h"
#include "engine/import/window_attributes.h"

namespace onebyone {
namespace {

// The spatial extents of constant weights [K, C/groups, ...]; empty where they are computed at run time.
SpatialVector KernelOfWeights(const Tensor* weights) {
  if (weights == nullptr || weights->shape().rank() < 3) return {};
  const auto extents = weights->shape().extents().subspan(2);
  return {extents.begin(), extents.end()};
}

absl::StatusOr<ParsedNode> ParseGlobalPool(NodeParser& node, OpType op) {
  RETURN_IF_ERROR(node.CheckInputs(1, 1));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  return Operation{op, {}, node.inputs()};
}

absl::StatusOr<PoolAttributes> ParsePool(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(1, 1));
  RETURN_IF_ERROR(node.attributes().RequiredInts("kernel_shape").status());
  PoolAttributes pool;
  ASSIGN_OR_RETURN(pool.window, ParseWindow(node, {}));
  ASSIGN_OR_RETURN(pool.ceil_mode, node.attributes().Flag("ceil_mode", false));
  return pool;
}

}  // namespace

absl::StatusOr<ConvAttributes> ParseConvAttributes(NodeParser& node, int weights_input) {
  ConvAttributes conv;
  ASSIGN_OR_RETURN(conv.window, ParseWindow(node, KernelOfWeights(node.FindConstant(weights_input))));
  RETURN_IF_ERROR(ParseDilations(node, conv.window));
  ASSIGN_OR_RETURN(conv.groups, node.attributes().Int("group", 1));
  if (conv.groups < 1) {
    return absl::InvalidArgumentError(absl::StrCat("attribute 'group': want 1 or more, got ", conv.groups));
  }
  return conv;
}

absl::StatusOr<ParsedNode> ParseConv(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckInputs(2, 3));
  RETURN_IF_ERROR(node.CheckOutputs(1));
  ASSIGN_OR_RETURN(ConvAttributes conv, ParseConvAttributes(node, 1));
  return Operation{OpType::kConv, std::move(conv), node.inputs()};
}

absl::StatusOr<ParsedNode> ParseMaxPool(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckOutputs(2));
  ASSIGN_OR_RETURN(PoolAttributes pool, ParsePool(node));
  RETURN_IF_ERROR(ParseDilations(node, pool.window));
  ASSIGN_OR_RETURN(pool.column_major_indices, node.attributes().Flag("storage_order", false));
  return Operation{OpType::kMaxPool, pool, node.inputs()};
}

absl::StatusOr<ParsedNode> ParseAveragePool(NodeParser& node) {
  RETURN_IF_ERROR(node.CheckOutputs(1));
  ASSIGN_OR_RETURN(PoolAttributes pool, ParsePool(node));
  ASSIGN_OR_RETURN(pool.count_include_pad, node.attributes().Flag("count_include_pad", false));
  return Operation{OpType::kAveragePool, pool, node.inputs()};
}

absl::StatusOr<ParsedNode> ParseGlobalAveragePool(NodeParser& node) {
  return ParseGlobalPool(node, OpType::kGlobalAveragePool);
}

absl::StatusOr<ParsedNode> ParseGlobalMaxPool(NodeParser& node) {
  return ParseGlobalPool(node, OpType::kGlobalMaxPool);
}

}  // namespace onebyone
