#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/graph/graph.h"

namespace onebyone {

// What is known of one value before anything runs.
struct ValueInfo {
  DataType type = DataType::kFloat32;
  Shape shape;
};

// The outputs of one node, as many as it has. An absent optional input has rank 0 and is never looked at; which inputs
// are there is told by `node.inputs`. Shapes must be known. INVALID_ARGUMENT, naming the node, what was wanted and what
// was got, where shapes, types or attributes do not fit the operator, or where an output would be absurdly large.
absl::StatusOr<std::vector<ValueInfo>> InferNode(const Node& node, absl::Span<const ValueInfo> inputs);

// Fills type and shape of every value of `graph` from its inputs, whose shapes must be known. Window attributes with
// automatic padding become explicit, for good: infer a copy where the graph is to see several input sizes. Errors as
// above.
absl::Status InferShapes(Graph& graph);

// The same, but leaves automatic padding as it is, so that the graph can go on to see other input sizes.
absl::Status InferShapesOnly(Graph& graph);

}  // namespace onebyone
