#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph/graph.h"

namespace onebyone {

// Before:  x -> Identity -> y -> A
// After:   x -> A                          y has no producer; where it was an output, that output takes x under its old
// name
//
// Bypasses what gives its input unchanged: Identity; Dropout whose mask nothing reads; Concat and Sum of one input;
// Cast to the type that the input has; Transpose that keeps the order of axes; Pad by nothing; Reshape, Flatten,
// Squeeze and Unsqueeze to the shape that the input has. Where types and shapes decide, they must have been inferred;
// what is done holds for the input size that they were inferred for.
struct RemoveIdentity {
  static constexpr absl::string_view name() { return "remove_identity"; }
  absl::StatusOr<int> Run(Graph& graph) const;
};

}  // namespace onebyone
