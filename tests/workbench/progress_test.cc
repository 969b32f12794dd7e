#include "engine/workbench/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace onebyone {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(Progress, NamesTheStageAndTakesTheLineAway) {
  std::ostringstream terminal;
  {
    Progress progress(&terminal);
    progress.Begin("ranges", 3);
    progress.Advance();
    EXPECT_THAT(terminal.str(), HasSubstr("ranges [........................................] 0/3"));
  }
  EXPECT_THAT(terminal.str(), EndsWith("\r\x1b[K"));
}

TEST(Progress, TellsTheTimeThatIsLeft) {
  std::ostringstream terminal;
  Progress progress(&terminal);
  progress.Begin("pictures", 3);
  absl::SleepFor(absl::Milliseconds(110));  // longer than until it is drawn again
  progress.Advance();
  EXPECT_THAT(terminal.str(), AllOf(HasSubstr(" 1/3  "), HasSubstr(" images/s  0:00 left")));
}

TEST(Progress, ShowsNothingWithoutATerminal) {
  Progress progress(nullptr);
  progress.Begin("ranges", 3);
  progress.Advance();
}

}  // namespace
}  // namespace onebyone
