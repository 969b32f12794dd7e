#pragma once

#include <cstdint>

#include "absl/types/span.h"

namespace onebyone {

// Rows are read so many numbers at a time.
inline constexpr int64_t kGramLanes = 4;

// products[i * count + j] = the dot product of rows i and j, for `count` rows of `length` numbers (dense, one after the
// other); `length` must be a multiple of kGramLanes. Summed in an order that depends on `length` alone, without fused
// operations: the same bits on every machine.
void GramMatrix(absl::Span<const double> rows, int64_t count, int64_t length, absl::Span<double> products);

// The same for the rows of two matrices: products[i * columns + j] = the dot product of row i of `left` and row j of
// `right`, which has `columns` rows. Neither is empty.
void RowProducts(absl::Span<const double> left, absl::Span<const double> right, int64_t length,
                 absl::Span<double> products);

}  // namespace onebyone
