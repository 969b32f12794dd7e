#include "engine/calibration/range_method.h"

#include <algorithm>
#include <cmath>

namespace onebyone {
namespace {

constexpr double kCutAtEachEnd = 1e-4;
constexpr int kEndsTried = 256;  // by the mean squared error, evenly from one to the observed extreme

ValueRange Within(const ValueRange& observed, double low, double high) {
  const auto bounded = [&](float end) { return std::clamp(end, static_cast<float>(low), static_cast<float>(high)); };
  return {.low = bounded(observed.low), .high = bounded(observed.high)};
}

// The largest number of a picture varies from one to the next, in deep layers by a lot. Four standard deviations above
// the mean is where three pictures in a thousand have theirs, if it follows Gumbel's law of extremes (Gumbel,
// "Statistics of Extremes", 1958).
constexpr double kDeviations = 4;

// The upper edge of the bin in which the count from below passes `wanted`.
double Quantile(const Histogram& histogram, double wanted) {
  double seen = 0;
  for (int i = 0; i < Histogram::kBins; ++i) {
    if (i == Histogram::kBins / 2) {
      seen += static_cast<double>(histogram.zeros());
      if (seen > wanted) return 0;
    }
    seen += static_cast<double>(histogram.count(i));
    if (seen > wanted) return histogram.Middle(i) + histogram.bin_width() / 2;
  }
  return histogram.extreme();
}

ValueRange PercentileRange(const Histogram& histogram) {
  const auto total = static_cast<double>(histogram.total());
  // A range that ends at a bin's lower edge loses nothing of the bin.
  const double low = Quantile(histogram, total * kCutAtEachEnd) - histogram.bin_width();
  const double high = Quantile(histogram, total * (1 - kCutAtEachEnd));
  return Within(histogram.observed(), low, std::max(low, high));
}

ValueRange LeastErrorRange(const Histogram& histogram) {
  double best = histogram.extreme();
  double least = QuantizationError(histogram, best);
  for (int i = 1; i < kEndsTried; ++i) {
    const double end = histogram.extreme() * i / kEndsTried;
    const double error = QuantizationError(histogram, end);
    if (error >= least) continue;
    least = error;
    best = end;
  }
  return Within(histogram.observed(), -best, best);
}

}  // namespace

absl::string_view NameOf(RangeMethod method) {
  switch (method) {
    case RangeMethod::kExtreme: return "extreme";
    case RangeMethod::kPercentile: return "percentile";
    case RangeMethod::kMse: return "mse";
    case RangeMethod::kMax: break;
  }
  return "max";
}

ValueRange ExtremeRange(const ValueRange& observed, const Spread& lows, const Spread& highs) {
  ValueRange range = observed;
  const double high = highs.mean() + kDeviations * highs.deviation();
  const double low = lows.mean() - kDeviations * lows.deviation();
  if (range.high > 0) range.high = std::max(range.high, static_cast<float>(high));
  if (range.low < 0) range.low = std::min(range.low, static_cast<float>(low));
  return range;
}

double QuantizationError(const Histogram& histogram, double end) {
  if (histogram.total() == 0) return 0;
  const double step = end / (histogram.observed().low >= 0 ? 255 : 127);
  double sum = 0;
  for (int i = 0; i < Histogram::kBins; ++i) {
    if (histogram.count(i) == 0) continue;
    const double magnitude = std::abs(histogram.Middle(i));
    double squared = step * step / 12;  // of rounding to steps, as far as numbers are spread evenly between two
    if (magnitude < step / 2) squared = magnitude * magnitude;  // becomes 0
    if (magnitude > end) squared += (magnitude - end) * (magnitude - end);
    sum += static_cast<double>(histogram.count(i)) * squared;
  }
  return sum / static_cast<double>(histogram.total());  // zeros are exact
}

namespace {

// Another picture reaches no further than it can.
ValueRange PossibleExtremes(const Histogram& histogram) {
  const ValueRange range = ExtremeRange(histogram.observed(), histogram.lows(), histogram.highs());
  return {std::max(range.low, histogram.possible().low), std::min(range.high, histogram.possible().high)};
}

}  // namespace

ValueRange ChooseRange(const Histogram& histogram, RangeMethod method) {
  if (histogram.total() == 0) return {};
  switch (method) {
    case RangeMethod::kExtreme: return PossibleExtremes(histogram);
    case RangeMethod::kPercentile: return PercentileRange(histogram);
    case RangeMethod::kMse: return LeastErrorRange(histogram);
    case RangeMethod::kMax: break;
  }
  return histogram.observed();
}

}  // namespace onebyone
