#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/kernels/element.h"

namespace onebyone {

// A matrix of any strides, so that a transposed one need not be copied.
template <typename Value>
struct MatrixView {
  const Value* elements = nullptr;
  int64_t row_stride = 0;
  int64_t column_stride = 0;

  Value At(int64_t row, int64_t column) const { return elements[row * row_stride + column * column_stride]; }
};

// sums[n] = the sum over k < `depth` of a[row, k] * b[k, n], for n < `columns`, in double or wrapped (element.h).
template <typename Value>
void MultiplyRow(const MatrixView<Value>& a, int64_t row, const MatrixView<Value>& b, int64_t depth, int64_t columns,
                 Wide<Value>* sums) {
  std::fill_n(sums, columns, Wide<Value>{0});
  if (b.column_stride == 1) {  // along the rows of b, else along its columns: whatever lies together in memory
    for (int64_t k = 0; k < depth; ++k) {
      const Wide<Value> factor = Widen(a.At(row, k));
      for (int64_t n = 0; n < columns; ++n) sums[n] += factor * Widen(b.At(k, n));
    }
    return;
  }
  for (int64_t n = 0; n < columns; ++n) {
    for (int64_t k = 0; k < depth; ++k) sums[n] += Widen(a.At(row, k)) * Widen(b.At(k, n));
  }
}

}  // namespace onebyone
