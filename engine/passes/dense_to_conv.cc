#include "engine/passes/dense_to_conv.h"

#include <optional>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/passes/class_maps.h"
#include "engine/passes/dense_layer.h"
#include "engine/passes/flattened_image.h"

namespace onebyone {
namespace {

// Conv in front of what was the last node of the dense layer and is a Flatten now.
absl::Status RewriteAsConvAndFlatten(Graph& graph, const DenseLayer& dense, ValueId image) {
  const Shape shape = graph.value(image).shape;
  ASSIGN_OR_RETURN(std::vector<ValueId> inputs, AddConvInputs(graph, dense, image, shape[1], shape[2], shape[3]));
  const NodeId last = dense.last_node();
  ASSIGN_OR_RETURN(const NodeId conv, graph.AddNode(OpType::kConv, graph.node(dense.node).name,
                                                    ConvAttributes{WholeWindow(shape[2], shape[3]), 1, std::nullopt},
                                                    std::move(inputs), {""}));
  const ValueId map = graph.node(conv).outputs.front();
  graph.value(map).shape = {shape[0], dense.outputs, 1, 1};
  graph.value(map).has_shape = true;
  Node& flatten = graph.node(last);
  flatten.op = OpType::kFlatten;
  flatten.attributes = FlattenAttributes{1};
  flatten.inputs = {map};
  if (last != dense.node) graph.RemoveNode(dense.node);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> DenseToConv::Run(Graph& graph) const {
  if (keep_map) return ClassMaps(graph).Rewrite();
  int rewrites = 0;
  for (const NodeId id : graph.NodeIds()) {
    const std::optional<DenseLayer> dense = MatchDense(graph, id);
    if (!dense.has_value()) continue;
    const ValueId image = FlattenedImage(graph, dense->x);
    if (image == kNoValue) continue;
    RETURN_IF_ERROR(RewriteAsConvAndFlatten(graph, *dense, image));
    ++rewrites;
  }
  if (rewrites > 0) RETURN_IF_ERROR(graph.SortTopologically());
  return rewrites;
}

}  // namespace onebyone
