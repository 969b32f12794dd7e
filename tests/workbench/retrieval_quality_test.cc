#include "engine/workbench/retrieval_quality.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;

Tensor Matrix(const std::vector<std::vector<float>>& rows) {
  Tensor matrix = *Tensor::Create(DataType::kFloat32,
                                  {static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows.front().size())});
  auto* to = matrix.As<float>();
  for (const auto& row : rows) to = std::copy(row.begin(), row.end(), to);
  return matrix;
}

RetrievalQuality QualityOf(const std::vector<std::vector<float>>& rows, const std::vector<int>& classes,
                           int threads = 1) {
  const auto quality = MeasureRetrieval(Matrix(rows), classes, {.threads = threads});
  EXPECT_TRUE(quality.ok()) << quality.status();
  return quality.value_or(RetrievalQuality{});
}

// Small whole numbers, the same in NumPy: the figures of the next tests are those of a script with its argsort.
std::vector<std::vector<float>> WholeNumbers(int64_t rows, int64_t columns) {
  std::vector<std::vector<float>> matrix;
  for (int64_t i = 0; i < rows; ++i) {
    auto& row = matrix.emplace_back();
    for (int64_t c = 0; c < columns; ++c) row.push_back(static_cast<float>((i * i * 7 + c * 13 + i * c * 3) % 11 - 4));
  }
  return matrix;
}

TEST(MeasureRetrieval, IsFullWhereClassesLieApart) {
  const RetrievalQuality quality = QualityOf({{1, 0}, {3, 0.1F}, {0, 2}, {0.1F, 5}}, {0, 0, 1, 1});
  EXPECT_EQ(quality.nearest, 1);
  EXPECT_EQ(quality.mean_average_precision, 1);
  EXPECT_EQ(quality.queries, 4);
}

// Angles 0, 10, 30, 70 degrees, classes a b a b. The first ranks b a b (its class at 2), the second a a b (at 3), the
// third b a b (at 2), the fourth a b a (at 2). All three others vote, and outvote each.
TEST(MeasureRetrieval, IsWhatOneFindsByHand) {
  const RetrievalQuality quality =
      QualityOf({{1, 0}, {0.98480775F, 0.17364818F}, {0.8660254F, 0.5F}, {0.34202014F, 0.93969262F}}, {0, 1, 0, 1});
  EXPECT_EQ(quality.nearest, 0);
  EXPECT_EQ(quality.five_nearest, 0);
  EXPECT_DOUBLE_EQ(quality.mean_average_precision, (1.0 / 2 + 1.0 / 3 + 1.0 / 2 + 1.0 / 2) / 4);
}

TEST(MeasureRetrieval, WeighsVotesBySimilarity) {
  // The first picture hears one near vote for its class and four far ones for the other: 0.98 against 4 * 0.2.
  const std::vector<std::vector<float>> near = {{1, 0}, {1, 0.2F}, {0.2F, 1}, {0.2F, 1}, {0.2F, 1}, {0.2F, 1}};
  const RetrievalQuality quality = QualityOf(near, {0, 0, 1, 1, 1, 1});
  EXPECT_DOUBLE_EQ(quality.nearest, 1);
  // The second: 0.98 against 4 * 0.385: it is outvoted.
  EXPECT_DOUBLE_EQ(quality.five_nearest, 5.0 / 6);
}

TEST(MeasureRetrieval, PutsTheEarlierOfEqualPicturesAndTheSmallerOfEqualClassesFirst) {
  // All similarities are equal: each picture's nearest is the first other one.
  const RetrievalQuality quality = QualityOf({{1, 1}, {2, 2}, {4, 4}, {8, 8}}, {0, 1, 0, 1});
  EXPECT_DOUBLE_EQ(quality.nearest, 1.0 / 4);  // the third finds the first
  EXPECT_DOUBLE_EQ(quality.mean_average_precision, (1.0 / 2 + 1.0 / 3 + 1 + 1.0 / 2) / 4);
  // Both pictures of class 0 hear one vote for each class.
  EXPECT_DOUBLE_EQ(QualityOf({{1, 1}, {2, 2}, {4, 4}, {1, 1}}, {0, 0, 1, 2}).five_nearest, 1);
}

TEST(MeasureRetrieval, GivesClassesWithoutAVoteMoreThanNegativeOnes) {
  // The two of class 1 are opposite: the vote for it is -1, that for class 0, which nobody near has, is 0.
  EXPECT_EQ(QualityOf({{1, 0}, {-1, 0}}, {1, 1}).five_nearest, 0);
}

TEST(MeasureRetrieval, EqualsNumPyOnAMatrixWithTiesAndZeros) {
  auto rows = WholeNumbers(15, 5);
  rows[7] = rows[2];
  for (size_t c = 0; c < 5; ++c) rows[11][c] = 2 * rows[2][c];
  rows[5].assign(5, 0);
  rows[9] = rows[4];
  const RetrievalQuality quality = QualityOf(rows, {0, 2, 0, 1, 0, 1, 2, 0, 2, 0, 1, 0, 1, 2, 0});
  EXPECT_DOUBLE_EQ(quality.nearest, 0.4);
  EXPECT_DOUBLE_EQ(quality.five_nearest, 0.4);
  EXPECT_NEAR(quality.mean_average_precision, 0.42801775385108726, 1e-15);
}

// More pictures than a block, more numbers than a multiple of the lanes.
class LargerMatrix : public ::testing::TestWithParam<int> {};

TEST_P(LargerMatrix, EqualsNumPyForAnyNumberOfThreads) {
  std::vector<std::vector<float>> rows;
  std::vector<int> classes;
  for (int64_t i = 0; i < 200; ++i) {
    auto& row = rows.emplace_back();
    for (int64_t c = 0; c < 37; ++c) {
      row.push_back(
          static_cast<float>(static_cast<double>((i * 2654435761 + c * 40503 + i * c * 69069) % 1009) / 1009.0 - 0.3));
    }
    classes.push_back(static_cast<int>(i % 5));
  }
  const RetrievalQuality quality = QualityOf(rows, classes, GetParam());
  EXPECT_DOUBLE_EQ(quality.nearest, 0.21);
  EXPECT_DOUBLE_EQ(quality.five_nearest, 0.135);
  EXPECT_NEAR(quality.mean_average_precision, 0.22416491596683408, 1e-15);
  EXPECT_EQ(quality.mean_average_precision, QualityOf(rows, classes, 1).mean_average_precision);
}
INSTANTIATE_TEST_SUITE_P(All, LargerMatrix, ::testing::Values(1, 2, 3, 16));

TEST(MeasureRetrieval, LetsPicturesThatAreAloneInTheirClassBeRankedButNotAsk) {
  // The lone one of class 2 is nearest to both of class 0, and so they find it first.
  const RetrievalQuality quality = QualityOf({{1, 0}, {0, 1}, {1, 1}}, {0, 0, 2});
  EXPECT_EQ(quality.queries, 2);
  EXPECT_EQ(quality.nearest, 0);
  EXPECT_DOUBLE_EQ(quality.mean_average_precision, 0.5);
}

TEST(MeasureRetrieval, EndsWhereItIsCancelled) {
  Cancellation cancellation;
  cancellation.Cancel();
  EXPECT_THAT(MeasureRetrieval(Matrix({{1, 0}, {0, 1}}), {0, 0}, {.cancellation = &cancellation}),
              StatusIs(absl::StatusCode::kCancelled, ::testing::_));
}

}  // namespace
}  // namespace onebyone
