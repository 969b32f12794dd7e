#include "engine/runtime/plan_cache.h"

#include <gmock/gmock.h>

namespace onebyone {
namespace {

using ::testing::IsNull;

TEST(PlanCache, DropsTheLeastRecentlyUsedPlan) {
  PlanCache cache(2);
  const auto a = std::make_shared<const Plan>();
  const auto b = std::make_shared<const Plan>();
  cache.Insert("a", a);
  cache.Insert("b", b);
  EXPECT_EQ(cache.Find("a"), a);  // now "b" is the older one
  cache.Insert("c", std::make_shared<const Plan>());
  EXPECT_EQ(cache.Find("a"), a);
  EXPECT_THAT(cache.Find("b"), IsNull());
  EXPECT_EQ(cache.size(), 2);
}

TEST(PlanCache, ReplacesAPlanOfTheSameName) {
  PlanCache cache(2);
  cache.Insert("a", std::make_shared<const Plan>());
  const auto later = std::make_shared<const Plan>();
  cache.Insert("a", later);
  EXPECT_EQ(cache.Find("a"), later);
  EXPECT_EQ(cache.size(), 1);
}

}  // namespace
}  // namespace onebyone
