#include "engine/workbench/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::vector<std::string>> FieldsOf(absl::string_view text) {
  const auto records = ParseCsv(text);
  EXPECT_TRUE(records.ok()) << records.status();
  std::vector<std::vector<std::string>> fields;
  for (const CsvRecord& record : records.value_or(std::vector<CsvRecord>{})) fields.push_back(record.fields);
  return fields;
}

TEST(ParseCsv, SplitsLinesAtCommas) {
  EXPECT_THAT(FieldsOf("a,b\nc,\n,d e \n"),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("c", ""), ElementsAre("", "d e ")));
}

TEST(ParseCsv, TakesEveryKindOfLineEndAndNoneAtTheEnd) {
  for (const char* text : {"a,b\r\nc,d", "a,b\nc,d\n", "a,b\rc,d\r", "\r\n\na,b\n\n\nc,d\n\n"}) {
    EXPECT_THAT(FieldsOf(text), ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d"))) << text;
  }
}

TEST(ParseCsv, ReadsQuotedFields) {
  EXPECT_THAT(FieldsOf("\"a,b\",\"say \"\"so\"\"\"\n\"two\nlines\",\"\"\n"),
              ElementsAre(ElementsAre("a,b", "say \"so\""), ElementsAre("two\nlines", "")));
}

TEST(ParseCsv, PassesAByteOrderMark) {
  EXPECT_THAT(FieldsOf("\xef\xbb\xbf"
                       "a\n"),
              ElementsAre(ElementsAre("a")));
}

TEST(ParseCsv, HoldsNothingInAnEmptyFile) { EXPECT_THAT(FieldsOf(""), ElementsAre()); }

TEST(ParseCsv, TellsOnWhichLineARecordBegins) {
  ASSERT_OK_AND_ASSIGN(const auto records, ParseCsv("a\n\n\"b\r\nb\rb\"\nc\n"));
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].line, 1);
  EXPECT_EQ(records[1].line, 3);
  EXPECT_EQ(records[2].line, 6);
}

TEST(ParseCsv, RefusesQuotesThatAreNoQuotes) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(ParseCsv("a\nb\"c\n"), StatusIs(code, HasSubstr("line 2: want a field with a quote in it")));
  EXPECT_THAT(ParseCsv("\"a\"b\n"), StatusIs(code, HasSubstr("line 1: want a comma or the line's end")));
  EXPECT_THAT(ParseCsv("a\n\"b\n"), StatusIs(code, HasSubstr("line 2: want a quote that closes the field")));
}

}  // namespace
}  // namespace onebyone
