#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph/graph.h"

namespace onebyone {

// Before:  x -> Conv(W, b) -> BatchNormalization(gamma, beta, mean, variance) -> y
// After:   x -> Conv(s * W, s * b + t) -> y       s = gamma / sqrt(variance + epsilon), t = beta - s * mean, per
// channel
//
// The same for Gemm in place of Conv, and for Mul (s) or Add (t) by a constant per channel or a single one, one after
// the other. Conditions: weights, bias and statistics are float32 constants; the result of the Conv has one reader and
// is no output of the graph; the Conv has no activation yet. A BatchNormalization behind anything else stays. Computed
// in double, into new constants: others may share the old ones. Needs no shapes.
struct FoldBatchNorm {
  static constexpr absl::string_view name() { return "fold_batch_norm"; }
  absl::StatusOr<int> Run(Graph& graph) const;
};

}  // namespace onebyone
