#include "engine/calibration/histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace onebyone {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(Widen, TakesTheSmallestAndTheLargestOfAllThatCame) {
  ValueRange range = EmptyRange();
  EXPECT_GT(range.low, range.high);
  Widen(range, {1.0F, -2.0F});
  Widen(range, {});
  Widen(range, {0.5F, 3.0F});
  EXPECT_EQ(range.low, -2);
  EXPECT_EQ(range.high, 3);
}

TEST(Union, HoldsBothEvenWhereOneIsEmpty) {
  const ValueRange range = Union({.low = 1, .high = 2}, {.low = -1, .high = 1.5F});
  EXPECT_EQ(range.low, -1);
  EXPECT_EQ(range.high, 2);
  EXPECT_EQ(Union(range, EmptyRange()).low, -1);
  EXPECT_EQ(Union(EmptyRange(), range).high, 2);
}

TEST(Widen, PassesOverNanButNotOverInfinity) {
  ValueRange range = EmptyRange();
  Widen(range, {kNan, 1.0F, kNan});
  EXPECT_EQ(range.low, 1);
  EXPECT_EQ(range.high, 1);
  Widen(range, {std::numeric_limits<float>::infinity()});
  EXPECT_EQ(range.high, std::numeric_limits<float>::infinity());
}

TEST(Histogram, PutsNumbersIntoBinsAndZerosBeside) {
  Histogram histogram({.low = -1, .high = 4});
  EXPECT_EQ(histogram.extreme(), 4);
  histogram.Add({-1.0F, 0.0F, -0.0F, 4.0F, 4.0F, kNan});
  EXPECT_EQ(histogram.total(), 5);
  EXPECT_EQ(histogram.zeros(), 2);
  EXPECT_EQ(histogram.count(Histogram::kBins - 1), 2);
  EXPECT_EQ(histogram.count(Histogram::kBins * 3 / 8), 1);  // -1 of -4 to 4
  EXPECT_NEAR(histogram.Middle(Histogram::kBins * 3 / 8), -1, histogram.bin_width());
}

TEST(Histogram, CountsWhatLiesOutsideAtItsEnds) {
  Histogram histogram({.low = 0, .high = 1});
  histogram.Add({-7.0F, 9.0F});
  EXPECT_EQ(histogram.count(0), 1);
  EXPECT_EQ(histogram.count(Histogram::kBins - 1), 1);
}

TEST(Histogram, TakesAValueThatIsAlwaysZero) {
  Histogram histogram({.low = 0, .high = 0});
  histogram.Add({0.0F, 0.0F});
  EXPECT_EQ(histogram.zeros(), 2);
  EXPECT_EQ(histogram.total(), 2);
}

TEST(Histogram, MergesTheCountsOfAnother) {
  Histogram histogram({.low = 0, .high = 1});
  Histogram other({.low = 0, .high = 1});
  histogram.Add({1.0F, 0.0F});
  other.Add({1.0F, 0.0F, 0.0F});
  histogram.Merge(other);
  EXPECT_EQ(histogram.count(Histogram::kBins - 1), 2);
  EXPECT_EQ(histogram.zeros(), 3);
  EXPECT_EQ(histogram.total(), 5);
}

TEST(Histogram, KnowsHowMuchTheExtremesOfPicturesDiffer) {
  const ValueRange all = {.low = -6, .high = 8};
  Histogram a(all);
  a.Add({-2.0F, 4.0F, kNan});
  a.Add({kNan});  // no number, no extreme
  a.Add({-6.0F, 8.0F});
  Histogram b(all);
  b.Add({-1.0F, 0.0F});
  a.Merge(b);
  a.Merge(Histogram(all));
  EXPECT_DOUBLE_EQ(a.highs().mean(), 4);
  EXPECT_NEAR(a.highs().deviation(), std::sqrt(32.0 / 3), 1e-12);
  EXPECT_DOUBLE_EQ(a.lows().mean(), -3);
  EXPECT_EQ(Histogram(all).highs().deviation(), 0);
}

}  // namespace
}  // namespace onebyone
