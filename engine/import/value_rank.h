#pragma once

#include "absl/types/span.h"
#include "engine/op/attributes.h"
#include "engine/op/op_type.h"

namespace onebyone {

inline constexpr int kUnknownRank = -1;

// The number of axes of a node's outputs, as far as it can be told without knowing extents; kUnknownRank otherwise.
// Shapes are inferred later, for one input size; old operators that broadcast along an `axis` need the rank at import
// already.
int InferRank(OpType op, const Attributes& attributes, absl::Span<const int> input_ranks);

}  // namespace onebyone
