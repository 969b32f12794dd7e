#include "engine/calibration/range_method.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace onebyone {
namespace {

Histogram HistogramOf(const std::vector<float>& numbers) {
  ValueRange range = EmptyRange();
  Widen(range, numbers);
  Histogram histogram(range);
  histogram.Add(numbers);
  return histogram;
}

// Normal numbers, or their absolute values, and at the end one that is far out.
std::vector<float> NumbersWithAnOutlier(bool positive, float outlier) {
  std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): the same numbers each time
  std::normal_distribution<float> normal(0, 1);
  std::vector<float> numbers(100'000);
  for (float& number : numbers) {
    number = normal(random);
    if (positive) number = std::abs(number);
  }
  numbers.push_back(outlier);
  return numbers;
}

// What a number becomes in 8 bits, as an execution would do it.
double MeasuredError(const std::vector<float>& numbers, double end, bool is_unsigned) {
  const double step = end / (is_unsigned ? 255 : 127);
  double sum = 0;
  for (const float number : numbers) {
    const double quantized =
        std::clamp(std::nearbyint(number / step), is_unsigned ? 0.0 : -127.0, is_unsigned ? 255.0 : 127.0) * step;
    sum += (number - quantized) * (number - quantized);
  }
  return sum / static_cast<double>(numbers.size());
}

TEST(ChooseRange, ByMaxKeepsEveryNumber) {
  const ValueRange range = ChooseRange(HistogramOf({-3, 0.5F, 8}), RangeMethod::kMax);
  EXPECT_EQ(range.low, -3);
  EXPECT_EQ(range.high, 8);
}

TEST(ChooseRange, ByPercentileCutsOutliersOff) {
  const ValueRange range =
      ChooseRange(HistogramOf(NumbersWithAnOutlier(/*positive=*/false, 100)), RangeMethod::kPercentile);
  EXPECT_NEAR(range.low, -3.72, 0.3);  // the quantiles of the normal distribution
  EXPECT_NEAR(range.high, 3.72, 0.3);
}

TEST(ChooseRange, ByPercentileKeepsWhatIsNoOutlier) {
  const ValueRange range = ChooseRange(HistogramOf({-1, -1, 2, 2, 2}), RangeMethod::kPercentile);
  EXPECT_EQ(range.low, -1);
  EXPECT_EQ(range.high, 2);
}

TEST(ChooseRange, ByErrorLetsOutliersSaturate) {
  for (const bool positive : {false, true}) {
    const std::vector<float> numbers = NumbersWithAnOutlier(positive, 20);
    const ValueRange range = ChooseRange(HistogramOf(numbers), RangeMethod::kMse);
    EXPECT_LT(range.high, 19) << positive;
    EXPECT_GT(range.high, 3) << positive;
    // No end that could have been chosen is much better, measured number by number.
    const double chosen = MeasuredError(numbers, range.high, positive);
    for (double end = 1; end <= 20; end += 0.25) {
      EXPECT_LT(chosen, 1.1 * MeasuredError(numbers, end, positive)) << end;
    }
  }
}

TEST(ChooseRange, ByErrorLeavesEvenlySpreadNumbersWhole) {
  std::vector<float> numbers;
  for (int i = 1; i <= 10'000; ++i) numbers.push_back(static_cast<float>(i));
  EXPECT_NEAR(ChooseRange(HistogramOf(numbers), RangeMethod::kMse).high, 10'000, 100);
}

TEST(ChooseRange, NeverLeavesWhatOnePictureHolds) {
  for (const RangeMethod method : kRangeMethods) {
    const ValueRange range = ChooseRange(HistogramOf({0, 0, 0, 5}), method);
    EXPECT_EQ(range.low, 0) << NameOf(method);
    EXPECT_LE(range.high, 5) << NameOf(method);
  }
}

TEST(ChooseRange, ByExtremesReachesFurtherTheMoreThePicturesDiffer) {
  const auto of_pictures = [](const std::vector<float>& highs, float low) {
    Histogram histogram({.low = low, .high = *std::max_element(highs.begin(), highs.end())});
    for (const float high : highs) histogram.Add({low, 0.0F, high});
    return ChooseRange(histogram, RangeMethod::kExtreme);
  };
  EXPECT_FLOAT_EQ(of_pictures({10, 10, 10}, 0).high, 10);
  EXPECT_FLOAT_EQ(of_pictures({9, 11}, 0).high, 10 + 4 * 1);  // the mean, and four standard deviations
  EXPECT_FLOAT_EQ(of_pictures({5, 15}, -3).high, 10 + 4 * 5);
  EXPECT_FLOAT_EQ(of_pictures({5, 15}, -3).low, -3);
  std::vector<float> one_far_out(100, 1.0F);
  one_far_out.push_back(100);
  EXPECT_FLOAT_EQ(of_pictures(one_far_out, 0).high, 100) << "not less than was seen";
  EXPECT_EQ(of_pictures({5, 15}, 0).low, 0) << "no signed bytes where nothing was negative";
}

TEST(ChooseRange, TakesValuesThatNeverChange) {
  for (const RangeMethod method : kRangeMethods) {
    EXPECT_EQ(ChooseRange(HistogramOf({0, 0}), method).high, 0) << NameOf(method);
    EXPECT_EQ(ChooseRange(HistogramOf({}), method).high, 0) << NameOf(method);
    EXPECT_NEAR(ChooseRange(HistogramOf({-2, -2}), method).low, -2, 0.1) << NameOf(method);
  }
}

}  // namespace
}  // namespace onebyone
