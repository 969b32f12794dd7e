#include "engine/reduction/gram_matrix.h"

#include <algorithm>
#include <cstring>

namespace onebyone {
namespace {

// Four sums side by side; a vector register where there are such, else several.
typedef double Lanes __attribute__((vector_size(kGramLanes * sizeof(double))));

constexpr int64_t kRows = 4;  // of a block of products that is computed at once, so that each load serves several
constexpr int64_t kColumns = 2;

// By AVX2 where the CPU has it; the same sums in the same order either way.
#if defined(__GNUC__) && defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ONEBYONE_BEST_VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define ONEBYONE_BEST_VECTORS
#endif

// kRows x kColumns dot products of `length` numbers.
ONEBYONE_BEST_VECTORS void MultiplyBlock(const double* const* rows, const double* const* columns, int64_t length,
                                         double* products) {
  Lanes sums[kRows][kColumns] = {};
  for (int64_t i = 0; i < length; i += kGramLanes) {
    Lanes a[kRows];
    Lanes b[kColumns];
    for (int64_t r = 0; r < kRows; ++r) std::memcpy(&a[r], rows[r] + i, sizeof(Lanes));
    for (int64_t c = 0; c < kColumns; ++c) std::memcpy(&b[c], columns[c] + i, sizeof(Lanes));
    for (int64_t r = 0; r < kRows; ++r) {
      for (int64_t c = 0; c < kColumns; ++c) sums[r][c] += a[r] * b[c];
    }
  }
  for (int64_t r = 0; r < kRows; ++r) {
    for (int64_t c = 0; c < kColumns; ++c) {
      const Lanes& sum = sums[r][c];
      products[r * kColumns + c] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }
  }
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
