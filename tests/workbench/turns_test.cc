#include "engine/workbench/turns.h"

#include <gmock/gmock.h>

#include <thread>
#include <vector>

namespace onebyone {
namespace {

using ::testing::ElementsAre;

TEST(Turns, ComeInTheOrderOfTheNumbers) {
  Turns turns;
  std::vector<size_t> order;  // whose turn it is writes it
  const auto work = [&](size_t index) {
    EXPECT_TRUE(turns.Await(index));
    order.push_back(index);
    turns.End(index);
  };
  {
    std::vector<std::jthread> threads;
    for (const size_t index : {3, 1, 2, 0}) threads.emplace_back(work, index);
  }
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3));
}

TEST(Turns, NeverComeBehindATaskThatWasGivenUp) {
  Turns turns;
  bool third = true;
  {
    const std::jthread waiting([&] { third = turns.Await(2); });
    EXPECT_TRUE(turns.Await(0));
    turns.End(0);
    turns.GiveUp(1);
  }
  EXPECT_FALSE(third);
  EXPECT_FALSE(turns.Await(1));
}

TEST(Turns, StillComeBeforeATaskThatWasGivenUp) {
  Turns turns;
  turns.GiveUp(1);
  EXPECT_TRUE(turns.Await(0));
}

}  // namespace
}  // namespace onebyone
