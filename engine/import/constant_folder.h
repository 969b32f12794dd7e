#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/graph/graph.h"
#include "engine/import/constant_budget.h"

namespace onebyone {

// Computes nodes whose inputs are all constant, with the plain reference kernels. Not thread-safe.
class ConstantFolder {
 public:
  // `budget` outlives the folder and pays for every result.
  explicit ConstantFolder(ConstantBudget& budget) : budget_(budget) {}

  // The outputs of `node`, as many as it has; `inputs`: null for an absent optional one. Results that are the same
  // elements under another shape share memory. Nothing where the work of all folded nodes together would keep the
  // importer busy for more than some seconds: such a node is left for run time. INVALID_ARGUMENT where the node does
  // not fit its inputs or the budget, UNIMPLEMENTED where there is no kernel.
  absl::StatusOr<std::optional<std::vector<Tensor>>> Fold(const Node& node, absl::Span<const Tensor* const> inputs);

 private:
  ConstantBudget& budget_;
  double work_ = 0.0;  // elementary operations so far
};

}  // namespace onebyone
