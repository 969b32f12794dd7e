#include "engine/calibration/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace onebyone {

ValueRange EmptyRange() {
  return {.low = std::numeric_limits<float>::infinity(), .high = -std::numeric_limits<float>::infinity()};
}

ValueRange AnyRange() {
  return {.low = -std::numeric_limits<float>::infinity(), .high = std::numeric_limits<float>::infinity()};
}

void Widen(ValueRange& range, absl::Span<const float> numbers) {
  float low = range.low;
  float high = range.high;
  for (const float number : numbers) {  // a NaN loses both comparisons
    low = number < low ? number : low;
    high = number > high ? number : high;
  }
  range = {.low = low, .high = high};
}

ValueRange Union(const ValueRange& a, const ValueRange& b) {
  return {.low = std::min(a.low, b.low), .high = std::max(a.high, b.high)};
}

void Spread::Add(double number) {
  count_ += 1;
  const double distance = number - mean_;
  mean_ += distance / count_;
  squares_ += distance * (number - mean_);
}

void Spread::Merge(const Spread& other) {
  const double count = count_ + other.count_;
  if (count == 0) return;
  const double distance = other.mean_ - mean_;
  mean_ += distance * other.count_ / count;
  squares_ += other.squares_ + distance * distance * count_ * other.count_ / count;
  count_ = count;
}

double Spread::deviation() const { return count_ > 0 ? std::sqrt(squares_ / count_) : 0; }

Histogram::Histogram(const ValueRange& observed, const ValueRange& possible)
    : observed_(observed),
      possible_(Union(observed, possible)),
      extreme_(std::max(std::abs(static_cast<double>(observed.low)), std::abs(static_cast<double>(observed.high)))),
      counts_(kBins) {}

void Histogram::Add(absl::Span<const float> numbers) {
  ValueRange range = EmptyRange();
  Widen(range, numbers);
  if (range.low > range.high) return;  // nothing but NaN
  highs_.Add(range.high);
  lows_.Add(range.low);
  const double bins_per_unit = extreme_ > 0 ? kBins / (2 * extreme_) : 0;
  for (const float number : numbers) {
    if (std::isnan(number)) continue;
    ++total_;
    if (number == 0) {
      ++zeros_;
      continue;
    }
    const double bounded = std::clamp(static_cast<double>(number), -extreme_, extreme_);
    const auto bin = static_cast<int>((bounded + extreme_) * bins_per_unit);
    ++counts_[static_cast<size_t>(std::min(bin, kBins - 1))];
  }
}

void Histogram::Merge(const Histogram& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  highs_.Merge(other.highs_);
  lows_.Merge(other.lows_);
  zeros_ += other.zeros_;
  total_ += other.total_;
}

}  // namespace onebyone
