#include "engine/workbench/feature_difference.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace onebyone {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

ConstTensorView Map(const Shape& shape, const std::vector<float>& elements) {
  return {DataType::kFloat32, shape, elements.data()};
}

TEST(CompareFeatures, FindsNoDifferenceInEqualMaps) {
  const std::vector<float> elements = {1, -2, 3, 0.1F};
  const FeatureDifference difference = CompareFeatures(Map({1, 2, 1, 2}, elements), Map({1, 2, 1, 2}, elements));
  EXPECT_DOUBLE_EQ(difference.pooled_cosine, 1);
  EXPECT_DOUBLE_EQ(difference.map_cosine, 1);
  EXPECT_LE(difference.map_cosine, 1);
  EXPECT_EQ(difference.relative_error, 0);
}

TEST(CompareFeatures, PoolsOverThePixelsOfEachChannel) {
  // The pixels change places: pooled features stay, maps do not.
  const FeatureDifference difference =
      CompareFeatures(Map({1, 2, 1, 2}, {4, 0, 0, 2}), Map({1, 2, 1, 2}, {0, 4, 2, 0}));
  EXPECT_DOUBLE_EQ(difference.pooled_cosine, 1);
  EXPECT_DOUBLE_EQ(difference.map_cosine, 0);
  EXPECT_NEAR(difference.relative_error, std::sqrt(2.0), 1e-12);
}

TEST(CompareFeatures, TakesAVectorAsItIs) {
  const FeatureDifference difference = CompareFeatures(Map({1, 2}, {3, 4}), Map({1, 2}, {4, 3}));
  EXPECT_DOUBLE_EQ(difference.pooled_cosine, 24.0 / 25);
  EXPECT_DOUBLE_EQ(difference.map_cosine, 24.0 / 25);
  EXPECT_DOUBLE_EQ(difference.relative_error, std::sqrt(2.0) / 5);
}

TEST(CompareFeatures, KnowsNothingAndBrokenNumbers) {
  EXPECT_EQ(CompareFeatures(Map({1, 2}, {0, 0}), Map({1, 2}, {0, 0})).map_cosine, 1);
  EXPECT_EQ(CompareFeatures(Map({1, 2}, {0, 0}), Map({1, 2}, {0, 1})).map_cosine, 0);
  EXPECT_EQ(CompareFeatures(Map({1, 2}, {1, 1}), Map({1, 2}, {kNan, 1})).map_cosine, 0);
  EXPECT_EQ(CompareFeatures(Map({1, 2}, {1, 1}), Map({1, 2}, {kNan, 1})).relative_error,
            std::numeric_limits<double>::infinity());
}

TEST(LargestAt, IsTheFirstOfSeveral) { EXPECT_EQ(LargestAt(Map({1, 4}, {1, 5, 5, 2})), 1); }

}  // namespace
}  // namespace onebyone
