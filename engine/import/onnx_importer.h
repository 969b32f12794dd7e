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

// Reads a serialized onnx.ModelProto, opset 6 to 17 (older ones as far as their operators have not changed since), into
// a graph in topological order: inputs that are no initializers stay inputs (free extents are Shape::kUnknown;
// `has_shape` is false where not even the rank is told), nodes whose inputs are all constant are computed here as long
// as that takes seconds. Inputs that decide the form of the network (the shape of Reshape, the limits of Clip, ...)
// must be constant and become attributes. Values keep their ONNX names; of a node's further outputs only those that are
// read are kept.
//
// INVALID_ARGUMENT for a file that is no ONNX model, is cut, has a cycle, reads undefined values, defines one twice,
// passes a limit of `options`, or has attributes or shapes that no operator can have; UNIMPLEMENTED for operators,
// attributes or types that onebyone lacks: one error names every one of them, with a node that uses it.
// RESOURCE_EXHAUSTED where there is no memory.
absl::StatusOr<Graph> ImportOnnx(absl::string_view serialized, const OnnxImportOptions& options = {});

// The same for a file, of which errors tell the path. NOT_FOUND where there is none.
absl::StatusOr<Graph> ImportOnnxFile(const std::string& path, const OnnxImportOptions& options = {});

}  // namespace onebyone
