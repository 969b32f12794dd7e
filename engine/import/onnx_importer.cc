#include "engine/import/onnx_importer.h"

#include <new>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/import/graph_import.h"
#include "engine/import/model_file.h"

namespace onebyone {
namespace {

absl::Status NoMemory() { return absl::ResourceExhaustedError("onnx: no memory for the model"); }

absl::StatusOr<onnx::ModelProto> ReadModel(const std::string& path, int64_t max_nodes) {
  ASSIGN_OR_RETURN(const std::string serialized, ReadFile(path));
  absl::StatusOr<onnx::ModelProto> model = ParseModel(serialized, max_nodes);
  if (model.ok()) return model;
  return absl::Status(model.status().code(), absl::StrCat(path, ": ", model.status().message()));
}

}  // namespace

absl::StatusOr<Graph> ImportOnnx(absl::string_view serialized, const OnnxImportOptions& options) {
  try {
    ASSIGN_OR_RETURN(onnx::ModelProto model, ParseModel(serialized, options.max_nodes));
    return ImportGraph(std::move(model), options);
  } catch (const std::bad_alloc&) {  // protobuf and the containers know no other way to say so
    return NoMemory();
  }
}

absl::StatusOr<Graph> ImportOnnxFile(const std::string& path, const OnnxImportOptions& options) {
  try {
    // The bytes of the file are gone before constants take memory.
    ASSIGN_OR_RETURN(onnx::ModelProto model, ReadModel(path, options.max_nodes));
    absl::StatusOr<Graph> graph = ImportGraph(std::move(model), options);
    if (graph.ok()) return graph;
    return absl::Status(graph.status().code(), absl::StrCat(path, ": ", graph.status().message()));
  } catch (const std::bad_alloc&) {
    return NoMemory();
  }
}

}  // namespace onebyone
