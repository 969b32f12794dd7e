#include "engine/verification/comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/bundle/bundle_files.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

absl::StatusOr<Comparison> CompareNumbers(const std::vector<float>& got, const std::vector<float>& wanted) {
  const auto elements = static_cast<int64_t>(got.size());
  return Compare({DataType::kFloat32, {elements}, got.data()},
                 *ParseNpy(testing::FloatNpy({static_cast<int64_t>(wanted.size())}, wanted)));
}

TEST(Compare, GivesTheLargestDifferenceAsAShareOfTheLargestValue) {
  ASSERT_OK_AND_ASSIGN(const Comparison comparison, CompareNumbers({1, -8, 3}, {1, -10, 4}));
  EXPECT_EQ(comparison.largest, 10);
  EXPECT_EQ(comparison.max_difference, 2);
  EXPECT_DOUBLE_EQ(comparison.Relative(), 0.2);
  EXPECT_TRUE(comparison.Within(0.2));
  EXPECT_FALSE(comparison.Within(0.19));
  EXPECT_TRUE(comparison.same_top);
}

TEST(Compare, TellsWhereTheTopHasMoved) {
  ASSERT_OK_AND_ASSIGN(const Comparison comparison, CompareNumbers({1, 2.001F, 2}, {1, 2, 2.001F}));
  EXPECT_FALSE(comparison.same_top);
}

TEST(Compare, LetsNoNanPass) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const auto& [got, wanted] : {std::pair(nan, 1.0F), std::pair(1.0F, nan), std::pair(nan, nan)}) {
    ASSERT_OK_AND_ASSIGN(const Comparison comparison, CompareNumbers({got, 1}, {wanted, 1}));
    EXPECT_FALSE(comparison.Within(1));
  }
}

TEST(Compare, OfZerosIsExact) {
  ASSERT_OK_AND_ASSIGN(const Comparison same, CompareNumbers({0, 0}, {0, 0}));
  EXPECT_TRUE(same.Within(0));
  ASSERT_OK_AND_ASSIGN(const Comparison other, CompareNumbers({0, 1e-30F}, {0, 0}));
  EXPECT_FALSE(other.Within(1));
}

TEST(Compare, LooksPastExtentsOfOneButNoFurther) {
  const std::vector<float> map = {1, 2, 3, 4};
  const auto with_shape = [&](std::initializer_list<int64_t> shape) {
    return Compare({DataType::kFloat32, {4, 1, 1}, map.data()}, *ParseNpy(testing::FloatNpy(shape, map)));
  };
  EXPECT_THAT(with_shape({1, 4}), testing::IsOk());
  EXPECT_THAT(with_shape({4}), testing::IsOk());
  EXPECT_THAT(with_shape({2, 2}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want float32 [2, 2]")));
  EXPECT_THAT(Compare({DataType::kFloat32, {4}, map.data()}, *ParseNpy(FormatNpy("<f8", {4}, std::string(32, '\0')))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("<f8")));
}

}  // namespace
}  // namespace onebyone
