#include "engine/program/manual_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace onebyone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string PageOf(CLI::App& app) { return ManualPage(DescribeCommand(app), "1.2.3"); }

TEST(ManualPage, NamesTheProgramInOneLineAndItsVersionInTheFoot) {
  CLI::App app("Does things.\nAnd more of them.", "doer");
  EXPECT_THAT(PageOf(app), AllOf(HasSubstr(".TH DOER 1 \"\" \"onebyone 1.2.3\""), HasSubstr("doer \\- Does things\n"),
                                 HasSubstr("And more of them.")));
}

TEST(ManualPage, TellsEachFlagWithItsValueDefaultAndVariable) {
  CLI::App app("", "doer");
  int lanes = 4;
  app.add_option("--lanes", lanes, "worker threads")->capture_default_str()->envname("DOER_LANES")->type_name("N");
  EXPECT_THAT(PageOf(app),
              AllOf(HasSubstr("\\fB\\-\\-lanes\\fR \\fIN\\fR"), HasSubstr("worker threads.\n"),
                    HasSubstr("Default: \\fB4\\fR."), HasSubstr(".SH ENVIRONMENT\n"), HasSubstr("\\fBDOER_LANES\\fR")));
}

TEST(ManualPage, TellsWhatEachSubcommandMustHave) {
  CLI::App app("", "doer");
  CLI::App* view = app.add_subcommand("view", "Draw a map");
  std::string text;
  view->add_option("--channels", text, "");
  view->add_option("--output", text, "")->required()->type_name("FILE");
  view->add_option("images", text, "")->required()->type_name("IMAGE");
  view->footer("Example: doer view");
  EXPECT_THAT(
      PageOf(app),
      AllOf(HasSubstr(".SS doer view\nDraw a map.\n"),
            HasSubstr("\\fBdoer view\\fR \\fB\\-\\-output\\fR \\fIFILE\\fR [\\fIOPTION\\fR...] \\fIIMAGE\\fR\n"),
            HasSubstr(".nf\nExample: doer view\n.fi\n")));
}

TEST(ManualPage, TellsTheHelpFlagOnce) {
  CLI::App app("", "doer");
  app.add_subcommand("view", "Draw a map.");
  const std::string page = PageOf(app);
  EXPECT_THAT(page, HasSubstr(".SS doer view\nDraw a map.\n.PP\n\\fBdoer view\\fR\n.SH"));
  EXPECT_EQ(page.find("\\-\\-help"), page.rfind("\\-\\-help"));
}

TEST(ManualPage, SetsGroupsOfOptionsUnderTheirHeading) {
  CLI::App app("", "doer");
  int lanes = 4;
  app.add_option("--lanes", lanes, "")->group("Work");
  EXPECT_THAT(PageOf(app), HasSubstr(".SS Work\n.TP\n\\fB\\-\\-lanes\\fR"));
}

TEST(ManualPage, PointsToTheOtherPrograms) {
  CLI::App app("", "onebyone");
  EXPECT_THAT(PageOf(app), AllOf(HasSubstr("\\fBonebyone\\-server\\fR(1)"), Not(HasSubstr("\\fBonebyone\\fR(1)"))));
}

}  // namespace
}  // namespace onebyone
