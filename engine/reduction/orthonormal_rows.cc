#include "engine/reduction/orthonormal_rows.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace onebyone {
namespace {

// Rows that are worked on together, so that each earlier row is read from memory once for all of them.
constexpr int64_t kBlock = 16;

// In eight sums that are added up at the end: a fixed order that vector units can keep.
double DotProduct(const double* a, const double* b, int64_t length) {
  constexpr int64_t kSums = 8;
  std::array<double, kSums> sums = {};
  int64_t i = 0;
  for (; i + kSums <= length; i += kSums) {
    for (int64_t lane = 0; lane < kSums; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < length; ++i) sums[i % kSums] += a[i] * b[i];
  double total = 0.0;
  for (const double sum : sums) total += sum;
  return total;
}

// Takes from `row` what lies along `direction`, which has length 1.
void Subtract(double* row, const double* direction, int64_t length) {
  const double share = DotProduct(row, direction, length);
  for (int64_t i = 0; i < length; ++i) row[i] -= share * direction[i];
}

void Normalize(double* row, int64_t length) {
  const double norm = std::sqrt(DotProduct(row, row, length));
  for (int64_t i = 0; i < length; ++i) row[i] /= norm;
}

}  // namespace

void MakeOrthonormal(absl::Span<double> rows, int64_t count, int64_t length) {
  const auto row = [&](int64_t index) { return rows.data() + index * length; };
  for (int64_t begin = 0; begin < count; begin += kBlock) {
    const int64_t end = std::min(begin + kBlock, count);
    for (int pass = 0; pass < 2; ++pass) {
      for (int64_t earlier = 0; earlier < begin; ++earlier) {
        for (int64_t i = begin; i < end; ++i) Subtract(row(i), row(earlier), length);
      }
    }
    for (int64_t i = begin; i < end; ++i) {
      for (int pass = 0; pass < 2; ++pass) {
        for (int64_t earlier = begin; earlier < i; ++earlier) Subtract(row(i), row(earlier), length);
      }
      Normalize(row(i), length);
    }
  }
}

}  // namespace onebyone
