#pragma once

#include <cstdint>

#include "absl/types/span.h"

namespace onebyone {

// Makes `count` rows of `length` numbers (dense, one after the other) orthonormal in order, so that the first k rows
// depend on the first k rows alone: Gram-Schmidt, twice over, since once leaves rounding errors where rows are nearly
// dependent. count must not be above length, and the rows must be independent. The same numbers on every machine.
void MakeOrthonormal(absl::Span<double> rows, int64_t count, int64_t length);

}  // namespace onebyone
