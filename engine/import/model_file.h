#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// The message that `serialized` holds, checked before memory is taken for it. INVALID_ARGUMENT for what is no ONNX
// model or is cut, has no graph, more than `max_nodes` nodes, or would unfold to absurdly much.
absl::StatusOr<onnx::ModelProto> ParseModel(absl::string_view serialized, int64_t max_nodes);

// The operator set of the default domain that `model` names. INVALID_ARGUMENT where it names none or two.
absl::StatusOr<int64_t> DefaultOpset(const onnx::ModelProto& model);

// True for "" and "ai.onnx".
bool IsDefaultDomain(absl::string_view domain);

}  // namespace onebyone
