#include <gmock/gmock.h>

#include "client/load/report/report_files.h"
#include "client/load/report/result_json.h"
#include "tests/client/load/report/made_run.h"
#include "tests/client/run_program.h"
#include "tests/client/scratch_folder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::MadeRun;
using ::onebyone::testing::ProgramRun;
using ::onebyone::testing::RunOnebyone;
using ::onebyone::testing::ScratchFolder;
using ::onebyone::testing::StatusIs;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class CompareCommand : public ::testing::Test {
 protected:
  std::string Keep(const std::string& name, const LoadResult& run) { return folder_.Write(name, ResultJson(run)); }

  static LoadResult Worse() {
    LoadResult run = MadeRun();
    run.from_intention.percentiles[0] = {50, 8.4, 20, Interval{8.2, 8.6}};
    return run;
  }

  ScratchFolder folder_;
};

TEST_F(CompareCommand, PrintsTheVerdict) {
  const ProgramRun run = RunOnebyone({"compare", Keep("a.json", MadeRun()), Keep("b.json", MadeRun())});
  EXPECT_EQ(run.exit_code, kDone) << run.err;
  EXPECT_THAT(run.out, StartsWith("A: " + folder_ / "a.json" + "\nB: " + folder_ / "b.json" + "\n"));
  EXPECT_THAT(run.out, HasSubstr("\nno difference beyond noise"));
}

TEST_F(CompareCommand, FailsWhereItIsToldTo) {
  const std::string a = Keep("a.json", MadeRun());
  const std::string b = Keep("b.json", Worse());
  EXPECT_EQ(RunOnebyone({"compare", a, b}).exit_code, kDone);
  const ProgramRun worse = RunOnebyone({"compare", "--fail-if-worse", a, b});
  EXPECT_EQ(worse.exit_code, kMissed);
  EXPECT_THAT(worse.err, StartsWith("onebyone: --fail-if-worse: B is worse: p50"));
  EXPECT_EQ(RunOnebyone({"compare", "--fail-if-worse", b, a}).exit_code, kDone);
  EXPECT_EQ(RunOnebyone({"compare", "--fail-if-worse", "--tolerance", "100", a, b}).exit_code, kDone);
}

TEST_F(CompareCommand, RefusesRunsOfDifferentKinds) {
  LoadResult closed = MadeRun();
  closed.plan.loop = LoopKind::kClosed;
  const std::string a = Keep("a.json", MadeRun());
  const std::string b = Keep("b.json", closed);
  const ProgramRun refused = RunOnebyone({"compare", a, b});
  EXPECT_EQ(refused.exit_code, kFailed);
  EXPECT_THAT(refused.err, HasSubstr("the runs differ in kind"));
  EXPECT_THAT(refused.err, EndsWith("; loop: open against closed\n"));
  EXPECT_EQ(refused.out, "");
  const ProgramRun anyway = RunOnebyone({"compare", "--anyway", a, b});
  EXPECT_EQ(anyway.exit_code, kDone);
  EXPECT_THAT(anyway.out,
              HasSubstr("DIFFERENT KINDS OF RUN, whose figures do not mean the same:\n  loop: open against closed\n"));
}

TEST_F(CompareCommand, WritesAPage) {
  const ProgramRun run =
      RunOnebyone({"compare", "--html", folder_ / "both.html", Keep("a.json", MadeRun()), Keep("b.json", Worse())});
  EXPECT_EQ(run.exit_code, kDone) << run.err;
  EXPECT_THAT(folder_.Read("both.html"), HasSubstr("<title>Two load tests of nano</title>"));
  const ProgramRun nowhere =
      RunOnebyone({"compare", "--html", folder_ / "not/there.html", folder_ / "a.json", folder_ / "b.json"});
  EXPECT_EQ(nowhere.exit_code, kFailed);
  EXPECT_THAT(nowhere.err, HasSubstr("not/there.html"));
}

TEST_F(CompareCommand, NamesTheFileThatIsNoResult) {
  const std::string a = Keep("a.json", MadeRun());
  const std::string b = folder_.Write("b.json", "{\"kind\": \"onebyone load\", \"schema\": 99}");
  const ProgramRun run = RunOnebyone({"compare", a, b});
  EXPECT_EQ(run.exit_code, kFailed);
  EXPECT_EQ(run.err, "onebyone: " + b + ": wanted schema 1, got 99: written by another version of this program\n");
  EXPECT_EQ(RunOnebyone({"compare", a, folder_ / "none.json"}).exit_code, kWrongUsage);
  EXPECT_EQ(RunOnebyone({"compare", a}).exit_code, kWrongUsage);
}

TEST(ReportFiles, AreWrittenAsWanted) {
  const ScratchFolder folder;
  EXPECT_THAT(
      WriteReports(MadeRun(),
                   {.json = folder / "a.json", .csv = "", .hgrm = folder / "a.hgrm", .html = folder / "a.html"}),
      IsOk());
  EXPECT_THAT(folder.Names("."), ::testing::ElementsAre("a.hgrm", "a.html", "a.json"));
  EXPECT_THAT(ParseResultJson(folder.Read("a.json")), IsOkAndHolds(MadeRun()));
}

TEST(ReportFiles, AreAllTriedAndEachFailureIsNamed) {
  const ScratchFolder folder;
  const absl::Status status = WriteReports(
      MadeRun(), {.json = folder / "no/a.json", .csv = folder / "a.csv", .hgrm = "", .html = folder / "no/a.html"});
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable,
                               ::testing::AllOf(HasSubstr("no/a.json"), HasSubstr("; "), HasSubstr("no/a.html"))));
  EXPECT_THAT(folder.Read("a.csv"), StartsWith("Request Rate,"));
}

TEST(ReportFiles, AreCheckedBeforeARun) {
  const ScratchFolder folder;
  EXPECT_THAT(CheckReportFiles({.json = folder / "a", .csv = folder / "b", .hgrm = "", .html = "here.html"}), IsOk());
  EXPECT_THAT(
      CheckReportFiles({.json = folder / "a", .csv = "", .hgrm = "", .html = folder / "a"}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--html: wanted a file of its own, got that of --json")));
  EXPECT_THAT(
      CheckReportFiles({.json = "", .csv = folder / "no/b", .hgrm = "", .html = ""}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--csv: wanted a file in a folder that is there")));
}

}  // namespace
}  // namespace onebyone
