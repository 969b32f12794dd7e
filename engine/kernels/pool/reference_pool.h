#pragma once

#include "absl/status/status.h"
#include "engine/kernels/reference_call.h"

namespace onebyone {

// Pools of [N, C, ...] with any number (at least one) of spatial axes.

// The largest element under each window; a NaN counts as larger than any number. The second output, where asked, is
// where the first such element lies, int64, counted over the whole input: (n * C + c) * spatial elements + place in the
// channel, row-major, or column-major with column_major_indices. A window that lies on padding alone gives the lowest
// finite element and index -1. All types but bool.
absl::Status ReferenceMaxPool(const ReferenceCall& call);

// The mean of the elements under each window; with count_include_pad padding counts as elements of 0, but what a window
// of ceil_mode covers behind the padded input never does. A window that covers nothing gives 0. Float types.
absl::Status ReferenceAveragePool(const ReferenceCall& call);

}  // namespace onebyone
