#include "engine/graph/receptive_field.h"

#include <algorithm>

#include "engine/graph/field_view.h"

namespace onebyone {
namespace {

struct Views {
  FieldView height;
  FieldView width;
};

// The last two axes of an image [N, C, H, W]; a sequence [N, C, W] has no height.
Views OfInput(const Shape& shape) {
  Views views;
  if (shape.rank() >= 4) views.height = {.axis = shape.rank() - 2, .stride = 1.0};
  if (shape.rank() >= 3) views.width = {.axis = shape.rank() - 1, .stride = 1.0};
  return views;
}

using ViewsOfValues = std::vector<std::optional<Views>>;

void JoinInto(std::optional<Views>& joined, const Views& views, const Shape& shape) {
  joined = joined.has_value()
               ? Views{Join(joined->height, views.height, shape), Join(joined->width, views.width, shape)}
               : views;
}

std::optional<Views> OfOutput(const Graph& graph, const Node& node, const ViewsOfValues& views) {
  std::optional<Views> joined;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoValue || !views[node.inputs[i]].has_value()) continue;
    const Views& input = *views[node.inputs[i]];
    const Views through = {ThroughNode(graph, node, i, input.height), ThroughNode(graph, node, i, input.width)};
    JoinInto(joined, through, graph.value(node.outputs[0]).shape);
  }
  return joined;
}

// A value that is made of parts sees what they see.
void JoinIntoParents(const Graph& graph, ValueId part, ViewsOfValues& views) {
  while (graph.value(part).slice.has_value() && views[part].has_value()) {
    const ValueId parent = graph.value(part).slice->parent;
    JoinInto(views[parent], *views[part], graph.value(parent).shape);
    part = parent;
  }
}

ReceptiveField FieldOf(const FieldView& view) {
  return {.stride = view.stride, .offset = (view.low + view.high) / 2, .size = view.high - view.low + 1};
}

}  // namespace

std::vector<std::optional<ReceptiveFields>> InferReceptiveFields(const Graph& graph) {
  ViewsOfValues views(graph.value_count());
  if (!graph.inputs().empty()) {
    const ValueId image = graph.inputs().front();
    views[image] = OfInput(graph.value(image).shape);
  }
  for (const NodeId id : graph.NodeIds()) {
    const Node& node = graph.node(id);
    const std::optional<Views> output = OfOutput(graph, node, views);
    for (const ValueId value : node.outputs) {
      views[value] = output;
      JoinIntoParents(graph, value, views);
    }
  }
  std::vector<std::optional<ReceptiveFields>> fields(views.size());
  for (size_t i = 0; i < views.size(); ++i) {
    if (views[i].has_value()) fields[i] = ReceptiveFields{FieldOf(views[i]->height), FieldOf(views[i]->width)};
  }
  return fields;
}

}  // namespace onebyone
