#include "client/load/report/percentile_curve.h"

#include <algorithm>
#include <cmath>

namespace onebyone {
namespace {

constexpr double kTicksPerHalfDistance = 5;

double NextTick(double level) {
  const double halves = std::floor(std::log2(100 / (100 - level))) + 1;
  return level + 100 / (kTicksPerHalfDistance * std::exp2(halves));
}

// The last rank from `rank` on that has its value.
int64_t LastOfEqual(int64_t rank, int64_t count, absl::FunctionRef<double(int64_t)> value_at) {
  const double value = value_at(rank);
  int64_t last = rank;
  int64_t beyond = count + 1;
  while (beyond - last > 1) {
    const int64_t middle = last + (beyond - last) / 2;
    (value_at(middle) > value ? beyond : last) = middle;
  }
  return last;
}

}  // namespace

std::vector<CurvePoint> PercentileCurve(int64_t count, absl::FunctionRef<double(int64_t)> value_at) {
  std::vector<CurvePoint> curve;
  if (count <= 0) return curve;
  const auto samples = static_cast<double>(count);
  int64_t rank = 1;
  for (double level = 0; level < 100; level = NextTick(level)) {
    // The first rank at or past the level; equal values are one place, as in a histogram.
    while (100 * static_cast<double>(rank) / samples < level) {
      rank = std::max(rank + 1, static_cast<int64_t>(std::floor(level / 100 * samples)));
    }
    rank = LastOfEqual(std::min(rank, count), count, value_at);
    curve.push_back({.percentile = level, .value_ms = value_at(rank), .count = rank});
    if (rank == count) break;
  }
  curve.push_back({.percentile = 100, .value_ms = value_at(count), .count = count});
  return curve;
}

}  // namespace onebyone
