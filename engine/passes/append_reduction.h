#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph/graph.h"
#include "engine/reduction/reduction.h"

namespace onebyone {

// Before:  ... -> y [N,C,H,W]    output "y"
// After:   ... -> y -> Conv 1x1 (the first `channels` rows, with bias and Relu where the reduction has them)    output
// "y"
//
// A reduction with a hidden convolution gets that one before, whole.
// For a vector y [N,C]: Gemm with transpose_b, and Relu. The output keeps its name and takes the reduced value, whose
// name tells reduction and channels; where another output has the same reduction of the same value already, both share
// it. Conditions: the output's shape is inferred. INVALID_ARGUMENT, with what was wanted and got, where there is no
// such output, where it is no float32 value of rank 4 or 2, where its channels are not those of the reduction, or where
// the reduction has fewer rows than `channels`.
struct AppendReduction {
  int output = 0;  // index into Graph::outputs()
  std::shared_ptr<const Reduction> reduction;
  int64_t channels = 0;

  static constexpr absl::string_view name() { return "append_reduction"; }
  absl::StatusOr<int> Run(Graph& graph) const;
};

}  // namespace onebyone
