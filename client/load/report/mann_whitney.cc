#include "client/load/report/mann_whitney.h"

#include <algorithm>
#include <cmath>

namespace onebyone {
namespace {

constexpr double kMostCorrelation = 0.9;
constexpr size_t kFewestValues = 5;

double MedianOf(const std::vector<double>& sorted) {
  const size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

}  // namespace

double NeighbourCorrelation(const std::vector<double>& values) {
  if (values.size() < 3) return 0;
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  double together = 0;
  double own = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    own += (values[i] - mean) * (values[i] - mean);
    if (i > 0) together += (values[i - 1] - mean) * (values[i] - mean);
  }
  const double nothing =
      1e-18 * mean * mean * static_cast<double>(values.size());  // what rounding leaves of equal values
  return own > nothing ? std::clamp(together / own, 0.0, kMostCorrelation) : 0;
}

std::optional<Shift> RatioOfMedians(const std::vector<double>& a, const std::vector<double>& b, double z) {
  if (std::min(a.size(), b.size()) < kFewestValues) return std::nullopt;
  std::vector<double> differences;  // of logarithms
  differences.reserve(a.size() * b.size());
  for (const double before : a) {
    for (const double after : b) {
      if (before <= 0 || after <= 0) return std::nullopt;
      differences.push_back(std::log(after / before));
    }
  }
  std::sort(differences.begin(), differences.end());
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  // U counts the pairs whose difference is below 0; each value's share of its variance grows as its neighbours repeat
  // it. Both runs' correlations, weighed by what they have to say.
  const double correlation = (n * NeighbourCorrelation(a) + m * NeighbourCorrelation(b)) / (n + m);
  const double variance = n * m * (n + m + 1) / 12 * (1 + correlation) / (1 - correlation);
  const double outside = std::floor(n * m / 2 - z * std::sqrt(variance) - 0.5);  // half: continuity
  if (outside < 0) return std::nullopt;
  const auto cut = static_cast<size_t>(outside);
  return Shift{
      .ratio = std::exp(MedianOf(differences)),
      .interval = {.low = std::exp(differences[cut]), .high = std::exp(differences[differences.size() - 1 - cut])}};
}

}  // namespace onebyone
