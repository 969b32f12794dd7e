#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/graph/graph.h"

namespace onebyone {

// Before:  x -> Conv -> a [1,64,H,W] --+
//          x -> Conv -> b [1,32,H,W] --+-> Concat (axis 1) -> y [1,96,H,W] -> ...
// After:   x -> Conv -> a = y[0..64)
//          x -> Conv -> b = y[64..96)                          y [1,96,H,W] -> ...
//
// Every branch is written straight into the buffer of y: Value::slice of a and b says where, y.parts are {a, b}, and no
// node produces y. A reader of y depends on all its parts (Graph::ProducersOf). Concats of concats nest: a part may be
// made of parts. All branches of a concat or none.
//
// Conditions: inferred float32 shapes of rank 4 with elements, batch 1 (only then is a slice of channels one piece of
// memory); each branch begins at a multiple of `channel_block`; it is the only output of a node whose kernel can write
// there (convolution, pool, LRN, activation, Add, Mul, Sum, BatchNormalization) or an elided concat; it occurs once and
// is no slice yet. It may have other readers and be an output. The
// concat's result is not quantized: bytes lie with channels last, where a slice is not dense. Run it last: slices hold
// for the shapes that they were made for, and a part must not be replaced by another value afterwards.
struct ElideConcat {
  int64_t channel_block = 1;  // channels that lie together in memory; 1: planes

  static constexpr absl::string_view name() { return "elide_concat"; }
  // INVALID_ARGUMENT for a channel_block below 1.
  absl::StatusOr<int> Run(Graph& graph) const;
};

}  // namespace onebyone
