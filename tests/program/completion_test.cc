#include "engine/program/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace onebyone {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// What real shells make of the scripts is told by tests/install/completion_test.py.
CommandDescription Doer(const std::string& description) {
  CLI::App app("Does things.", "doer");
  static std::string text;
  CLI::App* view = app.add_subcommand("view", "Draw a map");
  view->add_option("--type", text, description)->check(CLI::IsMember({"one", "two"}));
  view->add_option("--output", text, "Where to")->type_name("DIR");
  return DescribeCommand(app);
}

TEST(Completion, NamesCommandsFlagsAndChoicesForEachShell) {
  for (const CompletionShell& shell : kCompletionShells) {
    EXPECT_THAT(shell.script(Doer("Kind of map")), AllOf(HasSubstr("doer"), HasSubstr("view"), HasSubstr("type"),
                                                         HasSubstr("one two"), HasSubstr("output")))
        << shell.name;
  }
}

TEST(Completion, OneShellsScriptNamesTheProgramItWasMadeBy) {
  EXPECT_THAT(ZshCompletion(Doer("")), HasSubstr("#compdef doer\n"));
  EXPECT_THAT(BashCompletion(Doer("")), HasSubstr("complete -F _doer doer\n"));
  EXPECT_THAT(FishCompletion(Doer("")), HasSubstr("complete -c doer -f\n"));
}

TEST(Completion, QuotesWhatADescriptionMayHoldForZsh) {
  EXPECT_THAT(ZshCompletion(Doer("a [b]")), HasSubstr("a \\[b\\]"));
  EXPECT_THAT(ZshCompletion(Doer("the server's")), HasSubstr("the server'\"'\"'s"));
}

TEST(ShellQuoted, EndsAndBeginsTheQuotesAroundAQuote) {
  EXPECT_EQ(ShellQuoted("plain $HOME `x`"), "'plain $HOME `x`'");
  EXPECT_EQ(ShellQuoted("it's"), "'it'\"'\"'s'");
}

TEST(Brief, KeepsTheFirstClause) {
  EXPECT_EQ(Brief("Layer to extract; may be repeated"), "Layer to extract");
  EXPECT_EQ(Brief("Draw it. Then go."), "Draw it");
  EXPECT_EQ(Brief("auto (default): the fastest"), "auto (default)");
  EXPECT_EQ(Brief("one line\nanother"), "one line");
  EXPECT_EQ(Brief(""), "");
}

TEST(Brief, CutsALongClauseBetweenWords) {
  std::string words;
  for (int i = 0; i < 40; ++i) words += "word ";
  const std::string brief = Brief(words);
  EXPECT_LE(brief.size(), 90u);
  EXPECT_THAT(brief, AllOf(HasSubstr("word word"), Not(HasSubstr("word  "))));
  EXPECT_EQ(brief.back(), 'd');
}

TEST(Brief, CutsAWordThatIsLongerThanALine) { EXPECT_EQ(Brief(std::string(200, 'x')).size(), 90u); }

}  // namespace
}  // namespace onebyone
