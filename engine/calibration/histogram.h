#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "engine/calibration/calibration.h"

namespace onebyone {

// Widens `range` by the smallest and the largest of `numbers`; NaN counts for nothing. Begin with EmptyRange().
void Widen(ValueRange& range, absl::Span<const float> numbers);

// The range that holds both, either of which may be empty.
ValueRange Union(const ValueRange& a, const ValueRange& b);

// The range of no numbers: low is +infinity, high -infinity.
ValueRange EmptyRange();

// The range of any number: low is -infinity, high +infinity.
ValueRange AnyRange();

// Mean and standard deviation of some numbers (Welford, "Note on a method for calculating corrected sums of squares and
// products", 1962).
class Spread {
 public:
  void Add(double number);
  // As if all numbers of `other` had been added here.
  void Merge(const Spread& other);

  double mean() const { return mean_; }  // 0 of no numbers
  double deviation() const;              // of the population; 0 of one number

 private:
  double count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // the sum of squared distances from the mean
};

// How often a value held which numbers, in bins of equal width from -extreme to extreme. Not thread-safe.
class Histogram {
 public:
  static constexpr int kBins = 2048;

  // `observed`: the smallest and the largest number that will come, both finite, from a first look at all of them.
  // `possible`: what other pictures' numbers cannot leave, where that is known; unlimited by default.
  explicit Histogram(const ValueRange& observed, const ValueRange& possible = AnyRange());

  // Those of one picture. Numbers outside the observed range count at its end; NaN counts for nothing.
  void Add(absl::Span<const float> numbers);
  // Takes over the counts of a histogram of the same observed range.
  void Merge(const Histogram& other);

  const ValueRange& observed() const { return observed_; }
  // Never less than observed.
  const ValueRange& possible() const { return possible_; }
  double extreme() const { return extreme_; }
  double bin_width() const { return 2 * extreme_ / kBins; }
  // The number in the middle of bin `i`.
  double Middle(int i) const { return (i + 0.5) * bin_width() - extreme_; }
  int64_t count(int i) const { return counts_[static_cast<size_t>(i)]; }
  // Numbers that are 0 exactly, as most are behind a Relu; they are in no bin.
  int64_t zeros() const { return zeros_; }
  // Of the largest and of the smallest number of each picture.
  const Spread& highs() const { return highs_; }
  const Spread& lows() const { return lows_; }
  // All numbers, zeros too.
  int64_t total() const { return total_; }

 private:
  ValueRange observed_;
  ValueRange possible_;
  double extreme_ = 0;
  std::vector<int64_t> counts_;
  Spread highs_;
  Spread lows_;
  int64_t zeros_ = 0;
  int64_t total_ = 0;
};

}  // namespace onebyone
