#include "engine/graph/graph_printer.h"

#include <algorithm>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/graph/node_attributes_text.h"

namespace onebyone {
namespace {

std::string NameIn(const Graph& graph, ValueId value) { return value == kNoValue ? "-" : graph.value(value).name; }

std::string TextOf(const Graph& graph, const Value& value) {
  std::string text = value.name;
  if (value.type != DataType::kFloat32) absl::StrAppend(&text, " ", NameOf(value.type));
  if (value.has_shape) absl::StrAppend(&text, " ", value.shape.ToString());
  if (value.slice.has_value()) {
    absl::StrAppend(&text, " in ", NameIn(graph, value.slice->parent), " from channel ", value.slice->channel_offset);
  }
  return text;
}

std::string TextOf(const Graph& graph, const Node& node) {
  const std::string outputs = absl::StrJoin(
      node.outputs, ", ", [&](std::string* out, ValueId id) { absl::StrAppend(out, TextOf(graph, graph.value(id))); });
  const std::string inputs =
      absl::StrJoin(node.inputs, ", ", [&](std::string* out, ValueId id) { absl::StrAppend(out, NameIn(graph, id)); });
  const std::string attributes = AttributesText(node.attributes);
  return absl::StrCat(outputs, " = ", NameOf(node.op), "(", inputs, ")", attributes.empty() ? "" : " {", attributes,
                      attributes.empty() ? "" : "}");
}

}  // namespace

std::string PrintGraph(const Graph& graph) {
  std::string text;
  for (const NodeId id : graph.NodeIds()) absl::StrAppend(&text, TextOf(graph, graph.node(id)), "\n");
  for (const Graph::Output& output : graph.outputs()) {
    const std::string value = NameIn(graph, output.value);
    absl::StrAppend(&text, "output ", output.name, value == output.name ? "" : " = ", value == output.name ? "" : value,
                    "\n");
  }
  return text;
}

std::ostream& operator<<(std::ostream& stream, const Graph& graph) { return stream << PrintGraph(graph); }

}  // namespace onebyone
