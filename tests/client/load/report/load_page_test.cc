#include "client/load/report/load_page.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "client/load/report/result_json.h"
#include "client/load/report/result_table.h"
#include "tests/client/load/report/made_run.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::MadeRun;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// What stands between two marks of the page.
std::string Between(const std::string& page, const std::string& before, const std::string& after) {
  const size_t start = page.find(before) + before.size();
  return page.substr(start, page.find(after, start) - start);
}

TEST(LoadPage, HoldsTheWholeRunAsData) {
  const LoadResult run = MadeRun({4, 5});
  const std::string page = LoadPage(run);
  EXPECT_THAT(page, StartsWith("<!doctype html>\n"));
  EXPECT_THAT(ParseResultJson(Between(page, "{\"runs\": [", "], \"names\": ")), IsOkAndHolds(run));
  EXPECT_THAT(page, HasSubstr("<title>Load test of nano, poisson, 200/s</title>"));
}

TEST(LoadPage, AsksNoNetwork) {
  const std::string page = LoadPage(MadeRun({4, 5}));
  EXPECT_THAT(page, HasSubstr("content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\""));
  for (const char* word : {"http:", "https:", " src=", " href=", "url(", "@import", "<link"}) {
    EXPECT_THAT(page, Not(HasSubstr(word)));
  }
}

TEST(LoadPage, CannotBeBrokenByTexts) {
  LoadResult run = MadeRun();
  run.plan.model = "<img src=x onerror=alert(1)>";
  run.codes[1].example = "</script><script>alert(2)</script>$1 $$";
  const std::string page = LoadPage(run);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert(2)")));
  EXPECT_THAT(page, HasSubstr("\\u003c/script>\\u003cscript>alert(2)"));
}

TEST(LoadPage, HasAllOfItAsTextToo) {
  const std::string page = LoadPage(MadeRun());
  EXPECT_THAT(page, HasSubstr("<noscript><pre>onebyone load: open loop, poisson, 200/s, 60.0 s, seed 7\ntarget "));
  EXPECT_THAT(page, HasSubstr("p99.99 is refused: needs 100,000 samples, has 11,970\n"));
}

TEST(ComparePage, HoldsBothRunsAndTheVerdict) {
  const LoadResult a = MadeRun({4, 5});
  LoadResult b = MadeRun({5, 6});
  b.plan.seed = 8;
  const std::string page = ComparePage(a, b, CompareRuns(a, b), "a.json", "b \"2\".json");
  EXPECT_EQ(Between(page, "{\"runs\": [", "], \"names\""),
            absl::StrCat(ResultJsonForHtml(a), ", ", ResultJsonForHtml(b)));
  EXPECT_EQ(Between(page, "\"names\": ", ", \"warnings\""), "[\"a.json\", \"b \\\"2\\\".json\"]");
  EXPECT_EQ(Between(page, "\"comparison\": {\"verdict\": ", ","), "\"same\"");
  EXPECT_EQ(Between(page, "{\"name\": \"p99.99, ms\", ", ", \"change_text\""),
            "\"is_share\": false, \"a_text\": \"-\", \"b_text\": \"-\", \"change\": null");
}

}  // namespace
}  // namespace onebyone
