#include "engine/workbench/in_order.h"

#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "engine/workbench/parallel_loop.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;

class InOrderTest : public ::testing::Test {
 protected:
  std::vector<int> taken_;
  InOrder<int> in_order_{/*ahead=*/3, [this](int item) {
                           if (item < 0) return absl::UnavailableError("negative");
                           taken_.push_back(item);
                           return absl::OkStatus();
                         }};
};

TEST_F(InOrderTest, TakesByTheirNumbersWhatComesInAnyOrder) {
  EXPECT_THAT(in_order_.Deliver(2, 22), IsOk());
  EXPECT_THAT(in_order_.Deliver(1, 11), IsOk());
  EXPECT_THAT(taken_, IsEmpty());
  EXPECT_THAT(in_order_.Deliver(0, 0), IsOk());
  EXPECT_THAT(taken_, ElementsAre(0, 11, 22));
  EXPECT_THAT(in_order_.Deliver(3, 33), IsOk());
  EXPECT_THAT(taken_, ElementsAre(0, 11, 22, 33));
}

TEST_F(InOrderTest, TakesAllThatManyThreadsMake) {
  std::vector<int> wanted;
  for (int i = 0; i < 500; ++i) wanted.push_back(i);
  EXPECT_THAT(ParallelLoop(500, 7, [&](int, size_t i) { return in_order_.Deliver(i, static_cast<int>(i)); }), IsOk());
  EXPECT_EQ(taken_, wanted);
}

TEST_F(InOrderTest, FreesWhoWaitsWhereOneIsMissing) {
  {
    const std::jthread far_ahead([&] { EXPECT_THAT(in_order_.Deliver(9, 99), IsOk()); });
    EXPECT_THAT(in_order_.Deliver(0, 0), IsOk());
    in_order_.Stop();
  }
  EXPECT_THAT(in_order_.Deliver(1, 11), IsOk());
  EXPECT_THAT(in_order_.Deliver(3, 33), IsOk());
  EXPECT_THAT(taken_, ElementsAre(0, 11));
}

TEST_F(InOrderTest, EndsWithTheFirstError) {
  EXPECT_THAT(in_order_.Deliver(1, 11), IsOk());
  EXPECT_THAT(in_order_.Deliver(0, -1), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(in_order_.Deliver(2, 22), IsOk());
  EXPECT_THAT(taken_, IsEmpty());
}

}  // namespace
}  // namespace onebyone
