#pragma once

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/runtime/compiled_model.h"
#include "engine/runtime/network_forms.h"

namespace onebyone {

// Gives the inputs known shapes: the image the asked one, free extents of others the batch.
void SetInputShapes(Graph& graph, const PlanQuery& query);

// The part of a network that computes the layers and reductions of `query`, rewritten as far as no input size matters:
// plans of any size are made from it and share its weights. Errors: see CompiledModel::PlanFor.
absl::StatusOr<Graph> PrepareLayers(const NetworkForms& network, const PlanQuery& query, const CompileOptions& options);

// The rest of the rewriting, which needs the shapes of one size.
absl::Status FinishLayers(Graph& graph, const CompileOptions& options);

}  // namespace onebyone
