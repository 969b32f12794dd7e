#pragma once

#include "absl/status/status.h"
#include "engine/import/constant_budget.h"
#include "engine/import/graph_builder.h"
#include "engine/import/onnx_importer.h"
#include "engine/import/unsupported_features.h"

namespace onnx {
class GraphProto;
}

namespace onebyone {

// The values of a graph that no node computes. What is not supported is noted and takes an unavailable value's place;
// INVALID_ARGUMENT as in onnx_importer.h.

// Inputs that are no initializers; those that `options` binds become constants.
absl::Status AddInputs(const onnx::GraphProto& proto, const OnnxImportOptions& options, ConstantBudget& budget,
                       GraphBuilder& builder, UnsupportedFeatures& unsupported);

// Initializers, but for those that `options` binds; each is freed in `proto` once it is copied.
absl::Status AddInitializers(onnx::GraphProto& proto, const OnnxImportOptions& options, ConstantBudget& budget,
                             GraphBuilder& builder, UnsupportedFeatures& unsupported);

// What the graph returns, once every value is there.
absl::Status AddOutputs(const onnx::GraphProto& proto, GraphBuilder& builder);

}  // namespace onebyone
