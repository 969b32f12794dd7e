#include "client/load/report/hgrm_text.h"

#include <gmock/gmock.h>

#include <vector>

#include "client/load/report/percentile_curve.h"

namespace onebyone {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<CurvePoint> CurveOf(const std::vector<double>& sorted) {
  return PercentileCurve(static_cast<int64_t>(sorted.size()),
                         [&sorted](int64_t rank) { return sorted.at(static_cast<size_t>(rank - 1)); });
}

// The ticks of HdrHistogram's PercentileIterator with five for each halving, worked out by hand: steps of 10 up to 50,
// of 5 up to 75, of 2.5 up to 87.5, of 1.25 beyond.
TEST(PercentileCurve, TicksLikeHdrHistogram) {
  EXPECT_THAT(
      CurveOf({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
      ElementsAre(CurvePoint{0, 1, 1}, CurvePoint{10, 1, 1}, CurvePoint{20, 2, 2}, CurvePoint{30, 3, 3},
                  CurvePoint{40, 4, 4}, CurvePoint{50, 5, 5}, CurvePoint{55, 6, 6}, CurvePoint{60, 6, 6},
                  CurvePoint{65, 7, 7}, CurvePoint{70, 7, 7}, CurvePoint{75, 8, 8}, CurvePoint{77.5, 8, 8},
                  CurvePoint{80, 8, 8}, CurvePoint{82.5, 9, 9}, CurvePoint{85, 9, 9}, CurvePoint{87.5, 9, 9},
                  CurvePoint{88.75, 9, 9}, CurvePoint{90, 9, 9}, CurvePoint{91.25, 10, 10}, CurvePoint{100, 10, 10}));
}

TEST(PercentileCurve, CountsEqualSamplesTogether) {
  EXPECT_THAT(CurveOf({2, 2, 2, 2}), ElementsAre(CurvePoint{0, 2, 4}, CurvePoint{100, 2, 4}));
  EXPECT_THAT(CurveOf({}), IsEmpty());
}

TEST(PercentileCurve, OfAMillionSamplesEndsWithTheLargestAndIsShort) {
  int64_t asked = 0;
  const std::vector<CurvePoint> curve = PercentileCurve(1'000'000, [&asked](int64_t rank) {
    ++asked;
    return static_cast<double>(rank);
  });
  EXPECT_EQ(curve.back(), (CurvePoint{100, 1e6, 1'000'000}));
  EXPECT_LT(curve.size(), 120u);
  EXPECT_LT(asked, 5000);
  for (const CurvePoint& point : curve) EXPECT_GE(100.0 * static_cast<double>(point.count) / 1e6, point.percentile);
}

// As HdrHistogram's outputPercentileDistribution prints two samples, 1 and 3 ms.
TEST(HgrmText, IsWhatHdrHistogramPrints) {
  const LatencySummary summary = {
      .count = 2, .min_ms = 1, .mean_ms = 2, .max_ms = 3, .stddev_ms = 1, .percentiles = {}, .curve = CurveOf({1, 3})};
  EXPECT_EQ(HgrmText(summary),
            "       Value     Percentile TotalCount 1/(1-Percentile)\n"
            "\n"
            "       1.000 0.000000000000          1           1.00\n"
            "       1.000 0.100000000000          1           1.11\n"
            "       1.000 0.200000000000          1           1.25\n"
            "       1.000 0.300000000000          1           1.43\n"
            "       1.000 0.400000000000          1           1.67\n"
            "       1.000 0.500000000000          1           2.00\n"
            "       3.000 0.550000000000          2           2.22\n"
            "       3.000 1.000000000000          2\n"
            "#[Mean    =        2.000, StdDeviation   =        1.000]\n"
            "#[Max     =        3.000, Total count    =            2]\n"
            "#[Buckets =            1, SubBuckets     =            2]\n");
}

}  // namespace
}  // namespace onebyone
