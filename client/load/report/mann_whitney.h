#pragma once

#include <optional>
#include <vector>

#include "client/load/report/load_result.h"

namespace onebyone {

// How much larger the values of `b` are than those of `a`, by whatever distribution they have.
struct Shift {
  double ratio = 1;   // Hodges and Lehmann: the median of all b / a
  Interval interval;  // of the ratio, with the wanted confidence, by the Mann-Whitney test turned round
};

// `a`, `b`: values above 0 in the order of time, as windows of a run give them. Neighbours in time are alike, which
// makes n of them worth less than n: the interval is widened by their correlation. `z`: quantile of the normal
// distribution, 2.576 for 99 %. Absent where there are too few values to be sure of anything.
std::optional<Shift> RatioOfMedians(const std::vector<double>& a, const std::vector<double>& b, double z);

// Correlation of each value with the next, from 0 (none, or against each other) to 0.9.
double NeighbourCorrelation(const std::vector<double>& values);

}  // namespace onebyone
