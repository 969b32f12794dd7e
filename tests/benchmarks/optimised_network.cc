#include "tests/benchmarks/optimised_network.h"

#include "engine/base/status_macros.h"
#include "engine/graph/shape_inference.h"
#include "engine/import/onnx_importer.h"
#include "engine/kernels/onednn/layout.h"
#include "engine/passes/elide_concat.h"
#include "engine/passes/fold_batch_norm.h"
#include "engine/passes/fuse_activation.h"
#include "engine/passes/prune_to_layers.h"
#include "engine/passes/remove_identity.h"

namespace onebyone::benchmarks {
namespace {

void SetInputShapes(Graph& graph, const PreprocessOptions& size) {
  for (const ValueId id : graph.inputs()) {
    Shape& shape = graph.value(id).shape;
    if (id == graph.inputs().front() && shape.rank() == 4) shape = {1, 3, size.height, size.width};
    for (int axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] == Shape::kUnknown) shape[axis] = 1;
    }
  }
}

}  // namespace

absl::StatusOr<Graph> OptimisedNetwork(const Bundle& bundle, const std::vector<std::string>& layers) {
  ASSIGN_OR_RETURN(Graph graph, ImportOnnxFile(bundle.model_path));
  RETURN_IF_ERROR(PruneToLayers{layers}.Run(graph).status());
  graph.RemoveUnneeded();
  SetInputShapes(graph, bundle.preprocess);
  RETURN_IF_ERROR(InferShapes(graph));
  RETURN_IF_ERROR(RemoveIdentity{}.Run(graph).status());
  RETURN_IF_ERROR(FoldBatchNorm{}.Run(graph).status());
  RETURN_IF_ERROR(FuseActivation{}.Run(graph).status());
  graph.RemoveUnneeded();
  RETURN_IF_ERROR(InferShapes(graph));
  RETURN_IF_ERROR(ElideConcat{ChannelBlock()}.Run(graph).status());
  graph.RemoveUnneeded();
  return graph;
}

}  // namespace onebyone::benchmarks
