#include "engine/program/page_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace onebyone {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Outcome {
  int code = -1;
  std::string out;
};

// A program that wants a subcommand, which is declared after the flags.
Outcome RunDoer(std::vector<std::string> arguments) {
  CLI::App app("Does things.", "doer");
  AddPageFlags(app);
  app.require_subcommand(1);
  app.add_subcommand("view", "Draw a map");
  std::ostringstream out;
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, out, out);
    return {code, out.str()};
  }
  return {};
}

TEST(PageFlags, PrintACompletionThatKnowsWhatWasDeclaredLater) {
  const Outcome outcome = RunDoer({"bash", "--print-completion"});  // the last first, as CLI11 wants them
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("view"));
}

TEST(PageFlags, PrintTheManual) {
  const Outcome outcome = RunDoer({"--print-manual"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, StartsWith(".\\\""));
  EXPECT_THAT(outcome.out, HasSubstr(".SS doer view\n"));
}

TEST(PageFlags, RefuseAnUnknownShell) { EXPECT_NE(RunDoer({"tcsh", "--print-completion"}).code, 0); }

}  // namespace
}  // namespace onebyone
