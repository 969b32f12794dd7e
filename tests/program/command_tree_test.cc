#include "engine/program/command_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace onebyone {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

FlagDescription FlagNamed(const CommandDescription& command, const std::string& name) {
  for (const FlagDescription& flag : command.flags) {
    for (const std::string& known : flag.names) {
      if (known == name) return flag;
    }
  }
  ADD_FAILURE() << "no flag " << name;
  return {};
}

TEST(CommandTree, TellsFlagsWithAllTheirNamesAndThoseWithoutAValue) {
  CLI::App app("Does things.", "doer");
  bool loud = false;
  app.add_flag("-v,--verbose", loud, "Say more");
  const FlagDescription flag = FlagNamed(DescribeCommand(app), "--verbose");
  EXPECT_THAT(flag.names, ElementsAre("-v", "--verbose"));
  EXPECT_FALSE(flag.takes_value);
  EXPECT_EQ(flag.description, "Say more");
}

TEST(CommandTree, TellsChoicesFromTheCheckThatRefusesAllElse) {
  CLI::App app("", "doer");
  std::string type;
  app.add_option("--type", type, "")->check(CLI::IsMember({"one", "two"}))->type_name("WORD");
  const FlagDescription flag = FlagNamed(DescribeCommand(app), "--type");
  EXPECT_EQ(flag.value.kind, ValueKind::kChoice);
  EXPECT_EQ(flag.value.name, "WORD");
  EXPECT_THAT(flag.value.choices, ElementsAre("one", "two"));
}

TEST(CommandTree, TellsChoicesOfAFlagWhoseValueHasNoName) {
  CLI::App app("", "doer");
  std::string type;
  app.add_option("--type", type, "")->check(CLI::IsMember({"one", "two"}))->type_name("");
  const FlagDescription flag = FlagNamed(DescribeCommand(app), "--type");
  EXPECT_TRUE(flag.takes_value);
  EXPECT_THAT(flag.value.choices, ElementsAre("one", "two"));
}

TEST(CommandTree, KnowsAFlagThatTakesAValueWithoutAName) {
  CLI::App app("", "doer");
  app.set_config("--config", "", "");
  EXPECT_TRUE(FlagNamed(DescribeCommand(app), "--config").takes_value);
}

TEST(CommandTree, TellsFilesAndFoldersByTheNameOfTheValue) {
  CLI::App app("", "doer");
  std::string text;
  app.add_option("--key", text, "")->type_name("FILE");
  app.add_option("--maps", text, "")->type_name("DIR");
  app.add_option("--address", text, "")->type_name("HOST:PORT");
  app.add_option("images", text, "")->type_name("IMAGE|FOLDER|-")->required();
  const CommandDescription command = DescribeCommand(app);
  EXPECT_EQ(FlagNamed(command, "--key").value.kind, ValueKind::kFile);
  EXPECT_EQ(FlagNamed(command, "--maps").value.kind, ValueKind::kFolder);
  EXPECT_EQ(FlagNamed(command, "--address").value.kind, ValueKind::kText);
  EXPECT_EQ(FlagNamed(command, "--address").value.name, "HOST:PORT");
  ASSERT_EQ(command.arguments.size(), 1u);
  EXPECT_EQ(command.arguments[0].value.kind, ValueKind::kFile);
  EXPECT_TRUE(command.arguments[0].is_required);
}

TEST(CommandTree, LeavesChecksOutOfTheNameOfAValue) {
  CLI::App app("", "doer");
  int count = 0;
  app.add_option("--count", count, "")->check(CLI::Range(1, 9))->type_name("N");
  EXPECT_EQ(FlagNamed(DescribeCommand(app), "--count").value.name, "N");
}

TEST(CommandTree, TellsDefaultsVariablesAndWhatIsRequired) {
  CLI::App app("", "doer");
  int lanes = 4;
  std::string server;
  app.add_option("--lanes", lanes, "")->capture_default_str();
  app.add_option("--server", server, "")->envname("DOER_SERVER")->required();
  const CommandDescription command = DescribeCommand(app);
  EXPECT_EQ(FlagNamed(command, "--lanes").default_value, "4");
  EXPECT_FALSE(FlagNamed(command, "--lanes").is_required);
  EXPECT_EQ(FlagNamed(command, "--server").environment, "DOER_SERVER");
  EXPECT_TRUE(FlagNamed(command, "--server").is_required);
}

TEST(CommandTree, TellsSubcommandsInTheirOrderAndTheOptionsOfGroupsAsTheCommandsOwn) {
  CLI::App app("", "doer");
  CLI::App* view = app.add_subcommand("view", "Draw");
  app.add_subcommand("extract", "Write");
  std::string text;
  view->add_option_group("What to write")->add_option("--html", text, "");
  const CommandDescription command = DescribeCommand(app);
  ASSERT_EQ(command.commands.size(), 2u);
  EXPECT_EQ(command.commands[0].name, "view");
  EXPECT_EQ(command.commands[1].name, "extract");
  EXPECT_EQ(FlagNamed(command.commands[0], "--html").group, "What to write");
  EXPECT_THAT(command.commands[0].commands, IsEmpty());
}

TEST(CommandTree, LeavesOutWhatTheHelpHides) {
  CLI::App app("", "doer");
  bool secret = false;
  app.set_help_flag("");
  app.add_flag("--secret", secret, "")->group("");
  app.add_subcommand("inner", "")->group("");
  EXPECT_THAT(DescribeCommand(app).flags, IsEmpty());
  EXPECT_THAT(DescribeCommand(app).commands, IsEmpty());
}

}  // namespace
}  // namespace onebyone
