#include "engine/reduction/gram_matrix.h"

#include <algorithm>

#include "engine/base/always_inline.h"

namespace onebyone {
namespace {

// Four sums side by side; a vector register where there are such, else several.
using Lanes = double __attribute__((vector_size(kGramLanes * sizeof(double))));
using UnalignedLanes =
    double __attribute__((vector_size(kGramLanes * sizeof(double)), aligned(alignof(double)), may_alias));

constexpr int64_t kRows = 4;  // of a block of products that is computed at once, so that each load serves several
constexpr int64_t kColumns = 2;

// By address: to return vectors would depend on the instruction set.
ONEBYONE_ALWAYS_INLINE const UnalignedLanes* At(const double* from) {
  return reinterpret_cast<const UnalignedLanes*>(from);
}

ONEBYONE_ALWAYS_INLINE double Sum(const Lanes& lanes) { return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]); }

// kRows x kColumns dot products of `length` numbers, row by row. Sums are named one by one: in arrays they would stay
// in memory.
ONEBYONE_ALWAYS_INLINE void MultiplyBlock(const double* const* rows, const double* const* columns, int64_t length,
                                          double* products) {
  Lanes sum00 = {}, sum01 = {}, sum10 = {}, sum11 = {}, sum20 = {}, sum21 = {}, sum30 = {}, sum31 = {};
  for (int64_t i = 0; i < length; i += kGramLanes) {
    const Lanes column0 = *At(columns[0] + i);
    const Lanes column1 = *At(columns[1] + i);
    const Lanes row0 = *At(rows[0] + i);
    sum00 += row0 * column0;
    sum01 += row0 * column1;
    const Lanes row1 = *At(rows[1] + i);
    sum10 += row1 * column0;
    sum11 += row1 * column1;
    const Lanes row2 = *At(rows[2] + i);
    sum20 += row2 * column0;
    sum21 += row2 * column1;
    const Lanes row3 = *At(rows[3] + i);
    sum30 += row3 * column0;
    sum31 += row3 * column1;
  }
  const double block[kRows * kColumns] = {Sum(sum00), Sum(sum01), Sum(sum10), Sum(sum11),
                                          Sum(sum20), Sum(sum21), Sum(sum30), Sum(sum31)};
  std::copy_n(block, kRows * kColumns, products);
}

ONEBYONE_ALWAYS_INLINE void FillMatrix(const double* rows, int64_t count, int64_t length, double* products) {
  for (int64_t i = 0; i < count; i += kRows) {
    const double* left[kRows];
    for (int64_t r = 0; r < kRows; ++r) left[r] = rows + std::min(i + r, count - 1) * length;
    for (int64_t j = 0; j < std::min(i + kRows, count); j += kColumns) {  // up to the diagonal; the rest is mirrored
      const double* const right[kColumns] = {rows + j * length, rows + std::min(j + 1, count - 1) * length};
      double block[kRows * kColumns];
      MultiplyBlock(left, right, length, block);
      for (int64_t r = 0; r < std::min(kRows, count - i); ++r) {
        for (int64_t c = 0; c < std::min(kColumns, count - j); ++c) {
          products[(i + r) * count + j + c] = products[(j + c) * count + i + r] = block[r * kColumns + c];
        }
      }
    }
  }
}

struct Matrix {
  const double* rows;
  int64_t count;
};

ONEBYONE_ALWAYS_INLINE void FillProducts(const Matrix& left, const Matrix& right, int64_t length, double* products) {
  for (int64_t i = 0; i < left.count; i += kRows) {
    const double* rows[kRows];
    for (int64_t r = 0; r < kRows; ++r) rows[r] = left.rows + std::min(i + r, left.count - 1) * length;
    for (int64_t j = 0; j < right.count; j += kColumns) {
      const double* const columns[kColumns] = {right.rows + j * length,
                                               right.rows + std::min(j + 1, right.count - 1) * length};
      double block[kRows * kColumns];
      MultiplyBlock(rows, columns, length, block);
      for (int64_t r = 0; r < std::min(kRows, left.count - i); ++r) {
        for (int64_t c = 0; c < std::min(kColumns, right.count - j); ++c) {
          products[(i + r) * right.count + j + c] = block[r * kColumns + c];
        }
      }
    }
  }
}

// The two functions as an instruction set computes them.
struct Functions {
  void (*fill_matrix)(const double* rows, int64_t count, int64_t length, double* products);
  void (*fill_products)(const Matrix& left, const Matrix& right, int64_t length, double* products);
};

void FillMatrixBaseline(const double* rows, int64_t count, int64_t length, double* products) {
  FillMatrix(rows, count, length, products);
}
void FillProductsBaseline(const Matrix& left, const Matrix& right, int64_t length, double* products) {
  FillProducts(left, right, length, products);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void FillMatrixAvx2(const double* rows, int64_t count, int64_t length,
                                                    double* products) {
  FillMatrix(rows, count, length, products);
}
__attribute__((target("avx2"))) void FillProductsAvx2(const Matrix& left, const Matrix& right, int64_t length,
                                                      double* products) {
  FillProducts(left, right, length, products);
}
#endif

// The same sums in the same order either way.
Functions Fastest() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return {FillMatrixAvx2, FillProductsAvx2};
#endif
  return {FillMatrixBaseline, FillProductsBaseline};
}

const Functions& Fill() {
  static const Functions functions = Fastest();
  return functions;
}

}  // namespace

void GramMatrix(absl::Span<const double> rows, int64_t count, int64_t length, absl::Span<double> products) {
  Fill().fill_matrix(rows.data(), count, length, products.data());
}

void RowProducts(absl::Span<const double> left, absl::Span<const double> right, int64_t length,
                 absl::Span<double> products) {
  Fill().fill_products({left.data(), static_cast<int64_t>(left.size()) / length},
                       {right.data(), static_cast<int64_t>(right.size()) / length}, length, products.data());
}

}  // namespace onebyone
