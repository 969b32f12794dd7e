#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"

namespace onebyone {

// The forms of one network that plans are made from, which share their weights.
class NetworkForms {
 public:
  // `imported`: the network; `shaped`: the same with shapes inferred at its own input size. `folds`: whether batch
  // norms are folded.
  static absl::StatusOr<NetworkForms> Create(Graph imported, const Graph& shaped, bool folds);

  // The form that has all of `layers`: with batch norms folded, unless folding has swallowed one of them. `native`:
  // with dense layers as convolutions.
  const Graph& For(const std::vector<std::string>& layers, bool native) const;

  const Graph& imported() const { return imported_; }
  // The whole network with dense layers as convolutions, nothing folded.
  const Graph& native() const { return native_; }

 private:
  Graph imported_;
  Graph folded_;
  Graph native_;
  Graph native_folded_;
};

}  // namespace onebyone
