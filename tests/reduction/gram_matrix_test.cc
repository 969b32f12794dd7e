#include "engine/reduction/gram_matrix.h"

#include <gtest/gtest.h>

#include <vector>

#include "engine/reduction/normal_numbers.h"

namespace onebyone {
namespace {

class GramMatrixSize : public ::testing::TestWithParam<std::pair<int64_t, int64_t>> {};

TEST_P(GramMatrixSize, HoldsTheDotProductsOfAllRows) {
  const auto [count, length] = GetParam();
  NormalNumbers normal(/*seed=*/5);
  std::vector<double> rows(static_cast<size_t>(count * length));
  for (double& number : rows) number = normal.Next();
  std::vector<double> products(static_cast<size_t>(count * count), -1.0);
  GramMatrix(rows, count, length, absl::MakeSpan(products));
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t j = 0; j < count; ++j) {
      double wanted = 0.0;
      for (int64_t k = 0; k < length; ++k) wanted += rows[i * length + k] * rows[j * length + k];
      ASSERT_NEAR(products[i * count + j], wanted, 1e-12) << i << " " << j;
      ASSERT_EQ(products[i * count + j], products[j * count + i]);
    }
  }
}

TEST_P(GramMatrixSize, IsInTheProductsOfItsRowsWithOthers) {
  const auto [count, length] = GetParam();
  NormalNumbers normal(/*seed=*/6);
  std::vector<double> rows(static_cast<size_t>(count * length));
  for (double& number : rows) number = normal.Next();
  std::vector<double> products(static_cast<size_t>(count * count), -1.0);
  GramMatrix(rows, count, length, absl::MakeSpan(products));
  for (const int64_t left : {int64_t{1}, (count + 1) / 2, count}) {
    std::vector<double> some(static_cast<size_t>(left * count), -1.0);
    RowProducts(absl::MakeConstSpan(rows).subspan(0, static_cast<size_t>(left * length)), rows, length,
                absl::MakeSpan(some));
    for (int64_t i = 0; i < left * count; ++i) ASSERT_EQ(some[i], products[i]) << left << " " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(All, GramMatrixSize,
                         ::testing::Values(std::pair{1, 4}, std::pair{2, 8}, std::pair{3, 4}, std::pair{4, 12},
                                           std::pair{5, 100}, std::pair{17, 196}, std::pair{64, 52}));

}  // namespace
}  // namespace onebyone
