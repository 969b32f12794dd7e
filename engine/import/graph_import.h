#pragma once

#include <onnx/onnx_pb.h>

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/import/onnx_importer.h"

namespace onebyone {

// The graph of `model`, whose constants are freed one by one as they are copied. Errors of ImportOnnx.
absl::StatusOr<Graph> ImportGraph(onnx::ModelProto model, const OnnxImportOptions& options);

}  // namespace onebyone
