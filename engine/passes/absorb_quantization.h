#pragma once

#include <string>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/calibration/calibration.h"
#include "engine/graph/graph.h"

namespace onebyone {

// Before:  x -> QuantizeLinear -> q (uint8) -> MaxPool -> p (uint8) -> DequantizeLinear -> y -> Conv
// After:   x -> Clip [to what q can hold] -> q (float) -> MaxPool -> p (float) -> Identity -> y -> Conv
//          ranges: x, q: what q can hold
//
// Makes a float network of one that was quantized by other software, and keeps its scales as the ranges of a
// calibration: quantize_int8 then gives the same bytes back, and every kernel is ours to choose. All of it or nothing:
// where bytes of one scale are read as bytes of another, or by an operator that computes with them, the graph stays as
// it is. Wants inferred types; infer them again afterwards.
struct AbsorbQuantization {
  absl::btree_map<std::string, ValueRange>& ranges;

  static constexpr absl::string_view name() { return "absorb_quantization"; }
  absl::StatusOr<int> Run(Graph& graph) const;
};

}  // namespace onebyone
