#include "engine/workbench/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace onebyone {
namespace {

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

TEST(Progress, ShowsNothingWithoutATerminal) {
  Progress progress(nullptr);
  progress.Begin("ranges", 3);
  progress.Advance();
}

}  // namespace
}  // namespace onebyone
