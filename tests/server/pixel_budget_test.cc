#include "server/pixel_budget.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;

const Cancellation kNever;

TEST(PixelBudget, GivesEachLaneAPartThatLeavesRoomForTheLargestImage) {
  EXPECT_EQ(PixelBudget(100, 60, 4).kept_by_lane(), 10);
  EXPECT_EQ(PixelBudget(60, 60, 4).kept_by_lane(), 0);
}

TEST(PixelBudget, ALaneWaitsUntilAnotherHasGivenBack) {
  PixelBudget budget(100, 100, 2);
  PixelShare first(&budget);
  ASSERT_THAT(first.GrowTo(70, kNever), IsOk());
  std::thread other([&] {
    PixelShare second(&budget);
    EXPECT_THAT(second.GrowTo(40, kNever), IsOk());
    EXPECT_LE(budget.taken(), 100);
  });
  first.ShrinkTo(20);
  other.join();
  EXPECT_EQ(budget.taken(), 20);
}

TEST(PixelBudget, ALaneThatWaitsForACallerWhoHasGoneStopsWaiting) {
  PixelBudget budget(100, 100, 2);
  PixelShare first(&budget);
  PixelShare second(&budget);
  ASSERT_THAT(first.GrowTo(70, kNever), IsOk());
  Cancellation gone;
  gone.Cancel();
  EXPECT_THAT(second.GrowTo(40, gone), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(second.GrowTo(40, Cancellation(absl::Now() + absl::Milliseconds(1))),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(budget.taken(), 70);
}

TEST(PixelBudget, TwoLanesThatBothGrowDoNotWaitForEachOther) {
  PixelBudget budget(100, 100, 2);
  const auto grow = [&] {
    for (int i = 0; i < 200; ++i) {
      PixelShare share(&budget);
      EXPECT_THAT(share.GrowTo(40, kNever), IsOk());
      EXPECT_THAT(share.GrowTo(90, kNever), IsOk());
    }
  };
  std::thread first(grow);
  std::thread second(grow);
  first.join();
  second.join();
  EXPECT_EQ(budget.taken(), 0);
}

TEST(PixelShare, WithoutABudgetHasNoLimit) {
  PixelShare share(nullptr);
  EXPECT_THAT(share.GrowTo(int64_t{1} << 60, kNever), IsOk());
  EXPECT_FALSE(share.IsTooMuchToKeep(int64_t{1} << 60));
}

}  // namespace
}  // namespace onebyone
