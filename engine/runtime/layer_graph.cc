#include "engine/runtime/layer_graph.h"

#include "engine/base/status_macros.h"
#include "engine/graph/shape_inference.h"
#include "engine/kernels/onednn/layout.h"
#include "engine/passes/append_reduction.h"
#include "engine/passes/elide_concat.h"
#include "engine/passes/fold_batch_norm.h"
#include "engine/passes/fuse_activation.h"
#include "engine/passes/mark_convolutions.h"
#include "engine/passes/prune_to_layers.h"
#include "engine/passes/quantize_int8.h"
#include "engine/passes/remove_identity.h"

namespace onebyone {
namespace {

absl::Status AppendReductions(Graph& graph, const PlanQuery& query) {
  for (size_t i = 0; i < query.layers.size(); ++i) {
    const LayerQuery& layer = query.layers[i];
    if (layer.reduction == nullptr) continue;
    const AppendReduction append = {static_cast<int>(i), layer.reduction, layer.channels};
    RETURN_IF_ERROR(append.Run(graph).status());
  }
  return absl::OkStatus();
}

}  // namespace

void SetInputShapes(Graph& graph, const PlanQuery& query) {
  for (size_t i = 0; i < graph.inputs().size(); ++i) {
    Value& input = graph.value(graph.inputs()[i]);
    const bool is_image = i == 0 && input.shape.rank() == 4;
    for (int axis = 0; axis < input.shape.rank(); ++axis) {
      int64_t& extent = input.shape[axis];
      if (is_image && axis == 2 && query.height > 0) extent = query.height;
      if (is_image && axis == 3 && query.width > 0) extent = query.width;
      if (extent == Shape::kUnknown || (axis == 0 && is_image)) extent = query.batch;
    }
  }
}

absl::StatusOr<Graph> PrepareLayers(const NetworkForms& network, const PlanQuery& query,
                                    const CompileOptions& options) {
  PruneToLayers prune;
  for (const LayerQuery& layer : query.layers) prune.layers.push_back(layer.layer);
  Graph graph = network.For(prune.layers, query.native);
  RETURN_IF_ERROR(prune.Run(graph).status());
  graph.RemoveUnneeded();
  SetInputShapes(graph, query);
  RETURN_IF_ERROR(InferShapesOnly(graph));
  RETURN_IF_ERROR(AppendReductions(graph, query));
  if (options.reference_only) return graph;
  RETURN_IF_ERROR(InferShapesOnly(graph));
  RETURN_IF_ERROR(RemoveIdentity{}.Run(graph).status());
  RETURN_IF_ERROR(FoldBatchNorm{}.Run(graph).status());  // finds something only in the imported graph
  if (options.precision == Precision::kInt8) {
    const MarkConvolutions mark = {options.calibration->float_layers, options.calibration->winograd_layers,
                                   options.calibration->companded_layers};
    RETURN_IF_ERROR(mark.Run(graph).status());
  }
  RETURN_IF_ERROR(FuseActivation{}.Run(graph).status());
  graph.RemoveUnneeded();
  return graph;
}

absl::Status FinishLayers(Graph& graph, const CompileOptions& options) {
  if (options.reference_only) return absl::OkStatus();
  if (options.precision == Precision::kInt8) {
    RETURN_IF_ERROR(QuantizeInt8{*options.calibration}.Run(graph).status());
  }
  // Last: needs final shapes, and every branch at its final producer.
  RETURN_IF_ERROR(ElideConcat{ChannelBlock()}.Run(graph).status());
  graph.RemoveUnneeded();
  return absl::OkStatus();
}

}  // namespace onebyone
