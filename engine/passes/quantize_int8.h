#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/calibration/calibration.h"
#include "engine/graph/graph.h"

namespace onebyone {

// Before:  x [0..6] -> Conv -> a [0..2] -+-> Concat -> y [0..3]
//          x        -> Conv -> b [0..3] -+
// After:   x {scale 6/255} ...   a, b, y {scale 3/255}
//
// Gives every float32 image between operators a Quantization, from the range that the calibration states for it. Inputs
// and results of concats and pools share one, since those operators only move or compare bytes; but what is averaged
// over large windows, a whole image for one, has its own. What has no range, or one without a number beside zero, stays
// float, and so does what a convolution gives that stays in float, with all that would share its bytes; and values that
// would share bytes of which one is more than 16 times smaller than the others. Nodes stay as they are: lowering picks
// kernels of bytes where it finds quantized operands. The bytes of a marked convolution's result are companded where
// nothing but max pools, and behind them local response normalizations, read it. Run it after the passes that fuse and
// before elide_concat.
struct QuantizeInt8 {
  const Calibration& calibration;

  static constexpr absl::string_view name() { return "quantize_int8"; }
  // How many values it gave a quantization that had none, or another one.
  absl::StatusOr<int> Run(Graph& graph) const;
};

}  // namespace onebyone
