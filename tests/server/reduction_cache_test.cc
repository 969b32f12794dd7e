#include "server/reduction_cache.h"

#include <gmock/gmock.h>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

LayerInfo Layer(const std::string& name, int64_t channels) {
  LayerInfo layer;
  layer.name = name;
  layer.channels = channels;
  return layer;
}

TEST(ReductionCache, GivesTheSameProjectionForTheSameQuestion) {
  ReductionCache cache;
  ASSERT_OK_AND_ASSIGN(const auto first, cache.RandomProjectionFor(Layer("a", 32), 4, 1));
  ASSERT_OK_AND_ASSIGN(const auto again, cache.RandomProjectionFor(Layer("a", 32), 4, 1));
  EXPECT_EQ(first, again);
  for (const auto& [layer, channels, seed] :
       {std::tuple{Layer("b", 32), 4, 1}, {Layer("a", 32), 5, 1}, {Layer("a", 32), 4, 2}, {Layer("a", 33), 4, 1}}) {
    ASSERT_OK_AND_ASSIGN(const auto other, cache.RandomProjectionFor(layer, channels, seed));
    EXPECT_NE(first, other);
  }
}

TEST(ReductionCache, HoldsNoMoreThanItsBytesAndForgetsTheOldestFirst) {
  constexpr int64_t kBytes = 4 * 32 * 4;  // of one projection
  ReductionCache cache(2 * kBytes);
  ASSERT_OK_AND_ASSIGN(const auto first, cache.RandomProjectionFor(Layer("a", 32), 4, 1));
  ASSERT_OK_AND_ASSIGN(const auto second, cache.RandomProjectionFor(Layer("a", 32), 4, 2));
  ASSERT_OK_AND_ASSIGN(const auto first_again, cache.RandomProjectionFor(Layer("a", 32), 4, 1));
  ASSERT_OK_AND_ASSIGN(const auto third, cache.RandomProjectionFor(Layer("a", 32), 4, 3));
  EXPECT_EQ(cache.bytes(), 2 * kBytes);
  ASSERT_OK_AND_ASSIGN(const auto first_kept, cache.RandomProjectionFor(Layer("a", 32), 4, 1));
  EXPECT_EQ(first_kept, first);
  ASSERT_OK_AND_ASSIGN(const auto second_anew, cache.RandomProjectionFor(Layer("a", 32), 4, 2));
  EXPECT_NE(second_anew, second);
}

TEST(ReductionCache, PassesErrorsOnAndKeepsNothing) {
  ReductionCache cache;
  EXPECT_THAT(cache.RandomProjectionFor(Layer("a", 4), 4, 1),
              ::onebyone::testing::StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(cache.bytes(), 0);
}

}  // namespace
}  // namespace onebyone
