#include "engine/workbench/similarity.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/reduction/normal_numbers.h"
#include "tests/testing/cosine.h"

namespace onebyone {
namespace {

Tensor NormalRows(int64_t rows, int64_t columns) {
  Tensor matrix = *Tensor::Create(DataType::kFloat32, {rows, columns});
  NormalNumbers normal(/*seed=*/3);
  for (int64_t i = 0; i < matrix.elements(); ++i) matrix.As<float>()[i] = static_cast<float>(normal.Next());
  return matrix;
}

std::vector<double> RowsOf(const CosineSimilarity& similarity, size_t begin, size_t end) {
  std::vector<double> rows((end - begin) * similarity.pictures(), -7);
  similarity.Rows(begin, end, absl::MakeSpan(rows));
  return rows;
}

class SimilarityOf : public ::testing::TestWithParam<std::pair<int64_t, int64_t>> {};

TEST_P(SimilarityOf, RowsIsTheirCosineForAnyBlock) {
  const auto [rows, columns] = GetParam();
  const Tensor matrix = NormalRows(rows, columns);
  const CosineSimilarity similarity(matrix);
  const auto count = static_cast<size_t>(rows);
  const std::vector<double> all = RowsOf(similarity, 0, count);
  for (size_t i = 0; i < count; ++i) {
    const float* a = matrix.As<float>() + static_cast<int64_t>(i) * columns;
    const std::vector<double> own = RowsOf(similarity, i, i + 1);
    for (size_t j = 0; j < count; ++j) {
      const float* b = matrix.As<float>() + static_cast<int64_t>(j) * columns;
      ASSERT_NEAR(all[i * count + j], testing::Cosine({a, a + columns}, {b, b + columns}), 1e-12);
      ASSERT_EQ(all[i * count + j], own[j]) << i << " " << j;
      ASSERT_EQ(all[i * count + j], all[j * count + i]);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(All, SimilarityOf,
                         ::testing::Values(std::pair{2, 1}, std::pair{3, 5}, std::pair{65, 7}, std::pair{130, 1025}));

TEST(Similarity, IsEqualForEqualRowsWhereverTheyStand) {
  Tensor matrix = NormalRows(100, 333);
  for (const int64_t copy : {1, 50, 99}) std::copy_n(matrix.As<float>(), 333, matrix.As<float>() + copy * 333);
  const std::vector<double> rows = RowsOf(CosineSimilarity(matrix), 0, 100);
  for (size_t i = 0; i < 100; ++i) {
    for (const size_t copy : {size_t{1}, size_t{50}, size_t{99}}) {
      ASSERT_EQ(rows[i * 100 + copy], rows[i * 100]);
      ASSERT_EQ(rows[copy * 100 + i], rows[i]);
    }
  }
}

TEST(Similarity, OfARowOfZerosIsZero) {
  Tensor matrix = NormalRows(3, 4);
  std::fill_n(matrix.As<float>(), 4, 0.0F);
  EXPECT_EQ(RowsOf(CosineSimilarity(matrix), 0, 1), (std::vector<double>{0, 0, 0}));
}

}  // namespace
}  // namespace onebyone
