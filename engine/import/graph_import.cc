#include "engine/import/graph_import.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/constant_budget.h"
#include "engine/import/graph_builder.h"
#include "engine/import/graph_values.h"
#include "engine/import/model_file.h"
#include "engine/import/node_order.h"
#include "engine/import/node_parser.h"
#include "engine/import/operator_table.h"
#include "engine/import/quoted_name.h"
#include "engine/import/unsupported_features.h"

namespace onebyone {
namespace {

using NameSet = absl::flat_hash_set<absl::string_view>;

absl::Status AtNode(const std::string& label, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat("onnx: ", label, ": ", status.message()));
}

NameSet ReadValues(const onnx::GraphProto& graph) {
  NameSet names;
  for (const onnx::NodeProto& node : graph.node()) names.insert(node.input().begin(), node.input().end());
  for (const onnx::ValueInfoProto& output : graph.output()) names.insert(output.name());
  return names;
}

// The row of the node's operator; null, after a note of it, where onebyone lacks it.
const OperatorRow* RowOf(const onnx::NodeProto& node, int64_t opset, UnsupportedFeatures& unsupported) {
  const std::string op = Legible(node.op_type());
  if (!IsDefaultDomain(node.domain())) {
    unsupported.Add(absl::StrCat("operator ", Legible(node.domain()), ".", op), LabelOf(node));
    return nullptr;
  }
  const OperatorRow* row = FindOperator(node.op_type());
  if (row == nullptr) {
    unsupported.Add(absl::StrCat("operator ", op), LabelOf(node));
  } else if (opset < row->oldest_opset) {
    unsupported.Add(absl::StrCat("operator ", op, " of operator set ", opset, ", older than ", row->oldest_opset),
                    LabelOf(node));
    return nullptr;
  }
  return row;
}

// Everything that the parser of `node` did not know: what it said, and attributes that it did not read.
bool NoteUnsupported(NodeParser& parser, const onnx::NodeProto& node, const absl::Status& status,
                     UnsupportedFeatures& unsupported) {
  std::vector<std::string> features;
  for (const std::string& what : parser.unsupported()) features.push_back(absl::StrCat(what, " of ", node.op_type()));
  parser.attributes().Ignore("consumed_inputs");  // a hint on memory in the oldest files
  for (const std::string& name : parser.attributes().Unread()) {
    features.push_back(absl::StrCat("attribute ", Quoted(name), " of ", node.op_type()));
  }
  if (absl::IsUnimplemented(status) && !parser.waits_for_unavailable()) features.emplace_back(status.message());
  for (const std::string& feature : features) unsupported.Add(feature, LabelOf(node));
  return !features.empty() || !status.ok();
}

absl::Status AddUnavailable(const onnx::NodeProto& node, GraphBuilder& builder) {
  for (const std::string& output : node.output()) {
    if (!output.empty()) RETURN_IF_ERROR(builder.AddUnavailable(output));
  }
  return absl::OkStatus();
}

absl::Status AddParsed(const onnx::NodeProto& node, const NodeParser& parser, ParsedNode parsed,
                       const ImportScope& scope, UnsupportedFeatures& unsupported) {
  if (auto* constant = std::get_if<Tensor>(&parsed)) {
    return scope.builder.AddConstant(node.output(0), std::move(*constant));
  }
  const std::string& name = node.name().empty() ? node.output(0) : node.name();
  const absl::Status added =
      scope.builder.AddNode(name, std::get<Operation>(std::move(parsed)), parser.OutputNames()).status();
  if (added.ok()) return added;
  if (!absl::IsUnimplemented(added)) return absl::Status(added.code(), absl::StrCat("onnx: ", added.message()));
  unsupported.Add(std::string(added.message()), LabelOf(node));
  return AddUnavailable(node, scope.builder);
}

absl::Status AddNode(const onnx::NodeProto& node, const ImportScope& scope, UnsupportedFeatures& unsupported) {
  const OperatorRow* row = RowOf(node, scope.opset, unsupported);
  if (row == nullptr) return AddUnavailable(node, scope.builder);
  absl::StatusOr<NodeParser> parser = NodeParser::Create(node, scope);
  if (!parser.ok()) return AtNode(LabelOf(node), parser.status());
  absl::StatusOr<ParsedNode> parsed = row->parse(*parser);
  if (!parsed.ok() && !absl::IsUnimplemented(parsed.status())) return AtNode(LabelOf(node), parsed.status());
  if (NoteUnsupported(*parser, node, parsed.status(), unsupported)) return AddUnavailable(node, scope.builder);
  return AddParsed(node, *parser, *std::move(parsed), scope, unsupported);
}

// An unknown operator set leaves nothing to say of nodes but whether there is such an operator at all.
absl::Status NameOpset(const onnx::GraphProto& graph, int64_t opset, UnsupportedFeatures& unsupported) {
  unsupported.Add(absl::StrCat("operator set ", opset), absl::StrCat("want ", kOldestOpset, " to ", kNewestOpset));
  for (const onnx::NodeProto& node : graph.node()) RowOf(node, kNewestOpset, unsupported);
  return unsupported.ToStatus();
}

}  // namespace

absl::StatusOr<Graph> ImportGraph(onnx::ModelProto model, const OnnxImportOptions& options) {
  onnx::GraphProto& proto = *model.mutable_graph();
  UnsupportedFeatures unsupported;
  ASSIGN_OR_RETURN(const int64_t opset, DefaultOpset(model));
  if (opset < kOldestOpset || opset > kNewestOpset) return NameOpset(proto, opset, unsupported);

  ConstantBudget budget(options.max_constant_bytes);
  GraphBuilder builder(budget);
  // Inputs first: the first input of the graph is the image.
  RETURN_IF_ERROR(AddInputs(proto, options, budget, builder, unsupported));
  RETURN_IF_ERROR(AddInitializers(proto, options, budget, builder, unsupported));
  ASSIGN_OR_RETURN(const ProducerMap producers, FindProducers(proto, builder.graph()));
  builder.ReserveNames(producers);
  ASSIGN_OR_RETURN(const std::vector<int> order, OrderNodes(proto, producers, builder.graph()));
  const NameSet read_values = ReadValues(proto);
  const ImportScope scope{opset, budget, builder, read_values};
  for (const int index : order) RETURN_IF_ERROR(AddNode(proto.node(index), scope, unsupported));
  RETURN_IF_ERROR(AddOutputs(proto, builder));
  RETURN_IF_ERROR(unsupported.ToStatus());
  return std::move(builder).Release();
}

}  // namespace onebyone
