#include "engine/runtime/shared_cache.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::StatusIs;
using ::testing::Pointee;

// Things made so far are counted; each holds the count.
class Counter {
 public:
  absl::StatusOr<std::shared_ptr<const int>> operator()() const { return std::make_shared<const int>(++made_); }

 private:
  mutable int made_ = 0;
};

TEST(SharedCache, DropsTheLeastRecentlyUsed) {
  SharedCache<int> cache(2);
  Counter make;
  EXPECT_THAT(cache.FindOrMake("a", make), IsOkAndHolds(Pointee(1)));
  EXPECT_THAT(cache.FindOrMake("b", make), IsOkAndHolds(Pointee(2)));
  EXPECT_THAT(cache.FindOrMake("a", make), IsOkAndHolds(Pointee(1)));  // now "b" is the older one
  EXPECT_THAT(cache.FindOrMake("c", make), IsOkAndHolds(Pointee(3)));
  EXPECT_THAT(cache.FindOrMake("a", make), IsOkAndHolds(Pointee(1)));
  EXPECT_THAT(cache.FindOrMake("b", make), IsOkAndHolds(Pointee(4)));
  EXPECT_EQ(cache.size(), 2);
}

TEST(SharedCache, LetsGoOfWhatItDrops) {
  SharedCache<int> cache(1);
  Counter make;
  const std::weak_ptr<const int> first = *cache.FindOrMake("a", make);
  EXPECT_FALSE(first.expired());
  ASSERT_TRUE(cache.FindOrMake("b", make).ok());
  EXPECT_TRUE(first.expired());
}

TEST(SharedCache, KeepsNoErrors) {
  SharedCache<int> cache(2);
  const auto fail = []() -> absl::StatusOr<std::shared_ptr<const int>> { return absl::ResourceExhaustedError("no"); };
  EXPECT_THAT(cache.FindOrMake("a", fail), StatusIs(absl::StatusCode::kResourceExhausted));
  Counter make;
  EXPECT_THAT(cache.FindOrMake("a", make), IsOkAndHolds(Pointee(1)));
}

TEST(SharedCache, MakesAThingOnceForAllWhoWantIt) {
  SharedCache<int> cache(4);
  std::atomic<int> made{0};
  absl::Notification all_want_it;
  const auto make = [&]() -> absl::StatusOr<std::shared_ptr<const int>> {
    all_want_it.WaitForNotification();
    return std::make_shared<const int>(++made);
  };
  std::vector<std::jthread> threads;
  std::atomic<int> begun{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      if (++begun == 4) all_want_it.Notify();
      EXPECT_THAT(cache.FindOrMake("a", make), IsOkAndHolds(Pointee(1)));
    });
  }
  threads.clear();
  EXPECT_EQ(made, 1);
}

TEST(SharedCache, LetsOthersPassWhileAThingIsMade) {
  SharedCache<int> cache(4);
  absl::Notification slow_begun;
  absl::Notification slow_may_end;
  std::jthread slow([&] {
    const auto make = [&]() -> absl::StatusOr<std::shared_ptr<const int>> {
      slow_begun.Notify();
      slow_may_end.WaitForNotification();
      return std::make_shared<const int>(7);
    };
    EXPECT_THAT(cache.FindOrMake("slow", make), IsOkAndHolds(Pointee(7)));
  });
  slow_begun.WaitForNotification();
  Counter make;
  EXPECT_THAT(cache.FindOrMake("other", make), IsOkAndHolds(Pointee(1)));
  slow_may_end.Notify();
}

}  // namespace
}  // namespace onebyone
