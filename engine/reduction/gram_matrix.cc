#include "engine/reduction/gram_matrix.h"

#include <algorithm>

namespace onebyone {
namespace {

// Four sums side by side; a vector register where there are such, else several.
using Lanes = double __attribute__((vector_size(kGramLanes * sizeof(double))));
using UnalignedLanes =
    double __attribute__((vector_size(kGramLanes * sizeof(double)), aligned(alignof(double)), may_alias));

constexpr int64_t kRows = 4;  // of a block of products that is computed at once, so that each load serves several
constexpr int64_t kColumns = 2;

// By AVX2 where the CPU has it; the same sums in the same order either way.
#if defined(__GNUC__) && defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ONEBYONE_BEST_VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define ONEBYONE_BEST_VECTORS
#endif

// By address: to return vectors would depend on the instruction set.
const UnalignedLanes* At(const double* from) { return reinterpret_cast<const UnalignedLanes*>(from); }

double Sum(const Lanes& lanes) { return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]); }

// kRows x kColumns dot products of `length` numbers, row by row. Sums are named one by one: in arrays they would stay
// in memory.
ONEBYONE_BEST_VECTORS void MultiplyBlock(const double* const* rows, const double* const* columns, int64_t length,
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

}  // namespace

void GramMatrix(absl::Span<const double> rows, int64_t count, int64_t length, absl::Span<double> products) {
  const auto row = [&](int64_t index) { return rows.data() + std::min(index, count - 1) * length; };
  for (int64_t i = 0; i < count; i += kRows) {
    const double* const left[kRows] = {row(i), row(i + 1), row(i + 2), row(i + 3)};
    for (int64_t j = 0; j < std::min(i + kRows, count); j += kColumns) {  // up to the diagonal; the rest is mirrored
      const double* const right[kColumns] = {row(j), row(j + 1)};
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

}  // namespace onebyone
