#include "engine/import/model_file.h"

#include <limits>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/import/wire_limits.h"

namespace onebyone {

absl::StatusOr<onnx::ModelProto> ParseModel(absl::string_view serialized, int64_t max_nodes) {
  constexpr size_t kLargest = std::numeric_limits<int32_t>::max();  // protobuf's own limit
  if (serialized.size() > kLargest) {
    return absl::InvalidArgumentError(absl::StrCat("onnx: want at most ", kLargest, " bytes, got ", serialized.size()));
  }
  const absl::Status wire = CheckWire(serialized, *onnx::ModelProto::descriptor(), WireLimits{});
  if (!wire.ok()) return absl::InvalidArgumentError(absl::StrCat("onnx: ", wire.message()));
  onnx::ModelProto model;
  if (!model.ParseFromArray(serialized.data(), static_cast<int>(serialized.size()))) {
    return absl::InvalidArgumentError("onnx: the file is cut or is no ONNX model");
  }
  if (!model.has_graph()) return absl::InvalidArgumentError("onnx: want a model with a graph, got none");
  if (model.ir_version() < 1) {
    return absl::InvalidArgumentError(absl::StrCat("onnx: ir_version: want 1 or more, got ", model.ir_version()));
  }
  if (model.graph().node_size() > max_nodes) {
    return absl::InvalidArgumentError(
        absl::StrCat("onnx: want at most ", max_nodes, " nodes, got ", model.graph().node_size()));
  }
  return model;
}

absl::StatusOr<int64_t> DefaultOpset(const onnx::ModelProto& model) {
  std::optional<int64_t> opset;
  for (const auto& import : model.opset_import()) {
    if (!IsDefaultDomain(import.domain())) continue;
    if (opset.has_value() && *opset != import.version()) {
      return absl::InvalidArgumentError(
          absl::StrCat("onnx: want one operator set, got ", *opset, " and ", import.version()));
    }
    opset = import.version();
  }
  // Before version 3 of the file format there was one operator set and no need to name it.
  if (!opset.has_value() && model.ir_version() < 3) return 1;
  if (!opset.has_value()) return absl::InvalidArgumentError("onnx: opset_import: want the default domain, got none");
  return *opset;
}

bool IsDefaultDomain(absl::string_view domain) { return domain.empty() || domain == "ai.onnx"; }

}  // namespace onebyone
