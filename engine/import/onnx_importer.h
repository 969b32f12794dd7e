#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph/graph.h"

namespace onebyone {

struct OnnxImportOptions {
  // Graph inputs that are known at load and become constants: shapes, axes, limits that decide the form of the network.
  absl::flat_hash_map<std::string, Tensor> bound_inputs;
  // All constants together; past it the file is refused.
  int64_t max_constant_bytes = int64_t{4} << 30;
  int64_t max_nodes = 100'000;
};

// Reads a serialized onnx.ModelProto, opset 6 to 17, into a graph: inputs that are no initializers stay inputs (free extents are
// Shape::kUnknown), nodes whose inputs are all constant are computed here. Values keep their ONNX names.
//
// INVALID_ARGUMENT for a file that is no ONNX model, is cut, has a cycle, reads undefined values, defines one twice, or has attributes or
// shapes that no operator can have; UNIMPLEMENTED for operators, attributes or types that onebyone lacks: one error names every one
// of them, with a node that uses it.
absl::StatusOr<Graph> ImportOnnx(absl::string_view serialized, const OnnxImportOptions& options = {});

// The same for a file, of which errors tell the path. NOT_FOUND where there is none.
absl::StatusOr<Graph> ImportOnnxFile(const std::string& path, const OnnxImportOptions& options = {});

}  // namespace onebyone
