#include "engine/workbench/map_pooling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace onebyone {
namespace {

using ::testing::ElementsAre;

std::vector<float> Pooled(const std::vector<float>& elements, const Shape& shape, MapPooling pooling, size_t length) {
  std::vector<float> vector(length);
  PoolMap({DataType::kFloat32, shape, elements.data()}, pooling, absl::MakeSpan(vector));
  return vector;
}

TEST(PoolMap, TakesTheMeanOrTheLargestOfEachChannel) {
  const std::vector<float> map = {1, 2, 3, 6, -1, -2, -3, -4};
  EXPECT_THAT(Pooled(map, {2, 2, 2}, MapPooling::kAverage, 2), ElementsAre(3, -2.5));
  EXPECT_THAT(Pooled(map, {2, 2, 2}, MapPooling::kMax, 2), ElementsAre(6, -1));
}

TEST(PoolMap, TakesAllElementsUnpooled) {
  EXPECT_THAT(Pooled({1, 2, 3, 4}, {2, 1, 2}, MapPooling::kNone, 4), ElementsAre(1, 2, 3, 4));
}

TEST(PoolMap, LeavesAVectorAsItIs) {
  for (const MapPooling pooling : {MapPooling::kNone, MapPooling::kAverage, MapPooling::kMax}) {
    EXPECT_THAT(Pooled({3, 1}, {2}, pooling, 2), ElementsAre(3, 1)) << NameOf(pooling);
  }
}

}  // namespace
}  // namespace onebyone
