#include "engine/base/progress_bar.h"

#include <gmock/gmock.h>

namespace onebyone {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(FormatProgress, TellsRateAndTimeLeft) {
  EXPECT_EQ(FormatProgress(50, 200, absl::Seconds(10), 70),
            "[########...........................] 50/200  5.0 images/s  0:30 left");
  EXPECT_THAT(FormatProgress(1, 7201, absl::Seconds(1), 80), HasSubstr("2:00:00 left"));
}

TEST(FormatProgress, SaysNothingOfTimeBeforeTheFirstImage) {
  EXPECT_EQ(FormatProgress(0, 8, absl::ZeroDuration(), 14), "[.......] 0/8");
}

class TerminalWidth : public ::testing::TestWithParam<int> {};
TEST_P(TerminalWidth, IsNeverExceeded) {
  EXPECT_THAT(FormatProgress(123456, 999999, absl::Seconds(1), GetParam()), SizeIs(::testing::Le(GetParam())));
}
INSTANTIATE_TEST_SUITE_P(All, TerminalWidth, ::testing::Values(0, 1, 10, 20, 40, 50, 60, 80, 200));

}  // namespace
}  // namespace onebyone
