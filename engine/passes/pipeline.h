#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/passes/pass.h"

namespace onebyone {

// What one pass did.
struct PassTrace {
  std::string pass;
  int rewrites = 0;
  int nodes_before = 0;
  int nodes_after = 0;  // with what nothing needs any more removed
};

// A table, one line a pass.
std::string PrintTrace(absl::Span<const PassTrace> trace);

// Passes that run in the order in which they were added; after one that changed something, nodes that nothing needs are
// removed.
class Pipeline {
 public:
  template <Pass P>
  Pipeline& Add(P pass) {
    steps_.push_back({std::string(P::name()), [pass = std::move(pass)](Graph& graph) { return pass.Run(graph); }});
    return *this;
  }

  // The first error of a pass ends it.
  absl::StatusOr<std::vector<PassTrace>> Run(Graph& graph) const;

 private:
  struct Step {
    std::string name;
    std::function<absl::StatusOr<int>(Graph&)> run;
  };

  std::vector<Step> steps_;
};

}  // namespace onebyone
