#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/graph/graph.h"
#include "engine/tensor/tensor.h"

namespace onebyone::testing {

// May change a value that a node wrote, before others read it: rounding, for one.
using BehindEach = std::function<void(ValueId, const TensorView&)>;

// Runs the nodes of `graph` in order, each by RunReference: the judge of passes and of the runtime. Shapes must be
// inferred. `inputs`: a tensor for each input of the graph, of its type and shape. Returns a tensor for each output.
//
// A value that is a slice has no memory of its own: it is written into its parent, as the runtime does. All memory
// holds NaN (or -1) until it is written, so that a part that nothing fills shows. INVALID_ARGUMENT, naming the value,
// where shapes are unknown, a slice does not fit its parent, or a node reads what has not been computed.
//
// `behind_each`, where there is one, is called with what each node wrote.
absl::StatusOr<std::vector<Tensor>> RunGraph(const Graph& graph, absl::Span<const Tensor> inputs,
                                             const BehindEach& behind_each = nullptr);

// Inputs for `graph` from a seed: uniform in [-1, 1) for floating-point types, 0 to 9 for integers.
absl::StatusOr<std::vector<Tensor>> RandomInputs(const Graph& graph, uint64_t seed);

}  // namespace onebyone::testing
