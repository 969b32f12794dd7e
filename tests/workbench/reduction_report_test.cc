#include "engine/workbench/reduction_report.h"

#include <gtest/gtest.h>

#include <cmath>

namespace onebyone {
namespace {

// Five channels, of which the first `rows` are kept as they are, around a mean of 1.
Reduction FirstChannels(int64_t rows) {
  Reduction reduction;
  reduction.weights = *Tensor::Create(DataType::kFloat32, {rows, 5});
  reduction.bias = *Tensor::Create(DataType::kFloat32, {rows});
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t c = 0; c < 5; ++c) reduction.weights.As<float>()[row * 5 + c] = c == row ? 1 : 0;
    reduction.bias->As<float>()[row] = -1;
    reduction.explained_variance.push_back(static_cast<double>(row + 1) / 8);
  }
  return reduction;
}

TEST(ReportOn, TellsHowNearPooledFeaturesComeBack) {
  const std::vector<double> mean(5, 1.0);
  const std::vector<double> pooled = {3, 1, 1, 1, 1, /*second picture*/ 1, 1, 1, 4, 1};
  const std::vector<ReductionRow> report = ReportOn(FirstChannels(3), mean, pooled);
  ASSERT_EQ(report.size(), 3U);  // 1, 2 and all
  EXPECT_EQ(report[0].channels, 1);
  EXPECT_EQ(report[1].channels, 2);
  EXPECT_EQ(report[2].channels, 3);
  EXPECT_EQ(report[2].explained_variance, 3.0 / 8);
  const double lost = (4 + 4) / std::sqrt(5.0 * (16 + 4));  // of the second picture only the mean comes back
  EXPECT_NEAR(report[0].least_pooled_cosine, lost, 1e-12);
  EXPECT_NEAR(report[0].mean_pooled_cosine, (1 + lost) / 2, 1e-12);
}

TEST(ReportOn, DoesWithOneRow) {
  const std::vector<ReductionRow> report = ReportOn(FirstChannels(1), std::vector<double>(5, 1.0), {2, 1, 1, 1, 1});
  ASSERT_EQ(report.size(), 1U);
  EXPECT_NEAR(report[0].least_pooled_cosine, 1, 1e-12);
}

}  // namespace
}  // namespace onebyone
