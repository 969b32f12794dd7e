#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph/graph.h"

namespace onebyone {

// Before:  x -> Conv -> Relu | LeakyRelu | Clip | Sigmoid -> y
// After:   x -> Conv {activation} -> y
//
// Conditions: float32 weights; the result of the Conv has one reader and is no output of the graph; the Conv has no
// activation yet. y keeps its name. Needs no shapes.
struct FuseActivation {
  static constexpr absl::string_view name() { return "fuse_activation"; }
  absl::StatusOr<int> Run(Graph& graph) const;
};

}  // namespace onebyone
