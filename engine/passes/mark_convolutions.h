#pragma once

#include <string>

#include "absl/container/btree_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph/graph.h"

namespace onebyone {

// Before:  x -> Conv -> a -> BatchNormalization -> b -> Relu -> c       float_layers {c}
// After:   x -> Conv [stays float] -> a -> ...
//
// Marks the convolutions that a calibration keeps in float, those that may be Winograd in int8, and those whose bytes
// are companded: those that produce one of the layers, by themselves or through nothing but batch normalization and
// activations. Run it before passes that fuse these. Names that are not there are passed over: the layer may have been
// pruned.
struct MarkConvolutions {
  const absl::btree_set<std::string>& float_layers;
  const absl::btree_set<std::string>& winograd_layers;
  const absl::btree_set<std::string>& companded_layers;

  static constexpr absl::string_view name() { return "mark_convolutions"; }
  absl::StatusOr<int> Run(Graph& graph) const;
};

}  // namespace onebyone
