#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <unistd.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/commands/shard.h"
#include "tests/client/fake_server.h"
#include "tests/client/run_program.h"
#include "tests/client/scratch_folder.h"

namespace onebyone {
namespace {

using ::onebyone::testing::FakeServer;
using ::onebyone::testing::ProgramRun;
using ::onebyone::testing::RunOnebyone;
using ::onebyone::testing::ScratchFolder;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ExtractShardTest : public ::testing::Test {
 protected:
  ExtractShardTest() {
    SetVersion(3);
    for (int i = 0; i < 20; ++i) folder_.Write(absl::StrCat("in/", i, ".jpg"), absl::StrCat("x", i));
  }

  void SetVersion(int64_t version) {
    v1::ModelSummary& summary = *server_.features().model_by_name[""].mutable_summary();
    summary.set_name("fake");
    summary.set_version(version);
  }

  ProgramRun Extract(const std::string& shard, std::vector<std::string> arguments = {}, Cancellation* stop = nullptr) {
    std::vector<std::string> all = {
        "extract", "--server", server_.target(), "--output", folder_ / "out", "--layer", "l",
        "--batch", "1",        "--parallel",     "1",        "--shard",       shard};
    all.insert(all.end(), arguments.begin(), arguments.end());
    all.push_back(folder_ / "in");
    return RunOnebyone(all, "", stop);
  }

  std::set<std::string> Maps() const {
    std::set<std::string> names;
    for (const std::string& name : folder_.Names("out")) {
      if (name.find(".npy") != std::string::npos) names.insert(name);
    }
    return names;
  }

  size_t Asked() const { return server_.features().Requests().size(); }

  mutable FakeServer server_;
  const ScratchFolder folder_;
};

TEST_F(ExtractShardTest, DoesAllImagesOnceInAllParts) {
  size_t asked = 0;
  for (int i = 0; i < 4; ++i) {
    const ProgramRun run = Extract(absl::StrCat(i, "/4"));
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_GT(Asked(), asked) << "part " << i << " is empty";
    asked = Asked();
  }
  EXPECT_EQ(asked, 20u);
  EXPECT_THAT(Maps(), SizeIs(20));
  EXPECT_THAT(folder_.Names("out"), SizeIs(24));  // and four manifests
}

TEST_F(ExtractShardTest, DoesNotDoAgainWhatIsWritten) {
  EXPECT_EQ(Extract("0/1").exit_code, 0);
  const ProgramRun again = Extract("0/1");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("0 images done, 0 failed, 20 done before; 0 maps"));
  EXPECT_EQ(Asked(), 20u);
}

TEST_F(ExtractShardTest, GoesOnWhereItWasInterrupted) {
  Cancellation interruption;
  server_.features().before = [&](auto&, const auto&, int call) {
    if (call == 8) interruption.Cancel();
    return grpc::Status::OK;
  };
  EXPECT_EQ(Extract("0/1", {}, &interruption).exit_code, 1);
  const size_t done = Maps().size();
  EXPECT_LT(done, 20u);
  EXPECT_GE(done, 7u);
  const size_t asked = Asked();
  const ProgramRun run = Extract("0/1");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr(absl::StrCat(20 - done, " images done, 0 failed, ", done, " done before")));
  EXPECT_EQ(Asked(), asked + 20 - done);
  EXPECT_THAT(Maps(), SizeIs(20));
}

TEST_F(ExtractShardTest, DoesAgainWhatIsGoneOrCutShort) {
  EXPECT_EQ(Extract("0/1").exit_code, 0);
  unlink((folder_ / "out/3.l.npy").c_str());
  ASSERT_EQ(truncate((folder_ / "out/7.l.npy").c_str(), 20), 0);
  EXPECT_THAT(Extract("0/1").out, HasSubstr("2 images done, 0 failed, 18 done before"));
  EXPECT_THAT(folder_.Read("out/7.l.npy"), SizeIs(folder_.Read("out/8.l.npy").size()));
}

TEST_F(ExtractShardTest, KnowsWhatOtherNumbersOfPartsHaveDone) {
  EXPECT_EQ(Extract("0/2").exit_code, 0);
  const size_t asked = Asked();
  EXPECT_EQ(Extract("0/1").exit_code, 0);
  EXPECT_EQ(Asked(), 20u);
  EXPECT_GT(asked, 0u);
  EXPECT_LT(asked, 20u);
}

TEST_F(ExtractShardTest, TakesImagesThatCameLater) {
  EXPECT_EQ(Extract("0/1").exit_code, 0);
  folder_.Write("in/later.jpg", "y");
  EXPECT_THAT(Extract("0/1").out, HasSubstr("1 image done, 0 failed, 20 done before"));
}

TEST_F(ExtractShardTest, RemembersBrokenImages) {
  folder_.Write("in/5.jpg", "broken");
  const ProgramRun first = Extract("0/1");
  EXPECT_EQ(first.exit_code, 1);
  EXPECT_THAT(folder_.Read("out/manifest.0-of-1.jsonl"),
              AllOf(HasSubstr("\"code\":\"INVALID_ARGUMENT\""), HasSubstr("want JPEG, got rubbish")));
  const ProgramRun second = Extract("0/1");
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.out, HasSubstr("0 images done, 0 failed, 19 done before, 1 known to be broken"));
  EXPECT_EQ(Asked(), 20u);
  EXPECT_EQ(Extract("0/1", {"--accept-broken"}).exit_code, 0);

  folder_.Write("in/5.jpg", "mended");
  EXPECT_EQ(Extract("0/1", {"--retry-broken"}).exit_code, 0);
  EXPECT_EQ(Extract("0/1").exit_code, 0);
  EXPECT_EQ(Asked(), 21u);
}

TEST_F(ExtractShardTest, AcceptsBrokenImagesAndNothingElse) {
  folder_.Write("in/5.jpg", "broken");
  EXPECT_EQ(Extract("0/1", {"--accept-broken"}).exit_code, 0);
  EXPECT_EQ(unlink((folder_ / "in/5.jpg").c_str()), 0);
  folder_.Write("in/lost.jpg", "z");
  server_.features().before = [](auto&, const auto&, int) { return grpc::Status(grpc::StatusCode::INTERNAL, "oh"); };
  EXPECT_EQ(Extract("0/1", {"--accept-broken"}).exit_code, 1);
}

TEST_F(ExtractShardTest, TriesAgainWhatTheServerFailedAt) {
  server_.features().before = [](auto&, const auto&, int call) {
    return call == 2 ? grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no such layer") : grpc::Status::OK;
  };
  EXPECT_EQ(Extract("0/1").exit_code, 1);
  EXPECT_THAT(Extract("0/1").out, HasSubstr("19 images done, 0 failed, 1 done before"));
  EXPECT_THAT(Maps(), SizeIs(20));
}

TEST_F(ExtractShardTest, AsksOneVersionOfTheModel) {
  EXPECT_EQ(Extract("0/2").exit_code, 0);
  ASSERT_THAT(server_.features().Requests(), Not(IsEmpty()));
  EXPECT_EQ(server_.features().Requests()[0].model(), "fake");
  EXPECT_EQ(server_.features().Requests()[0].version(), 3);
  const size_t asked = Asked();
  SetVersion(4);
  const ProgramRun run = Extract("1/2");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("manifest.0-of-2.jsonl"), HasSubstr("another question")));
  EXPECT_EQ(Asked(), asked);
}

TEST_F(ExtractShardTest, RefusesAFolderWithMapsOfAnotherQuestion) {
  EXPECT_EQ(Extract("0/1").exit_code, 0);
  const ProgramRun run = Extract("0/1", {"--channels", "2"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("another question"));
}

TEST_F(ExtractShardTest, SurvivesALineThatWasCutOff) {
  EXPECT_EQ(Extract("0/1").exit_code, 0);
  const std::string path = folder_ / "out/manifest.0-of-1.jsonl";
  const std::string whole = folder_.Read("out/manifest.0-of-1.jsonl");
  for (const size_t cut : {size_t{1}, size_t{30}, whole.size() - 3}) {
    ASSERT_EQ(truncate(path.c_str(), static_cast<off_t>(whole.size() - cut)), 0);
    EXPECT_EQ(Extract("0/1").exit_code, 0) << "cut by " << cut;
    EXPECT_THAT(folder_.Read("out/manifest.0-of-1.jsonl"), AllOf(HasSubstr("\"head\""), Not(HasSubstr("}{"))));
    EXPECT_THAT(Extract("0/1").out, HasSubstr("0 images done, 0 failed, 20 done before"));
  }
}

TEST_F(ExtractShardTest, DoesAgainWhatASpoiltLineWasAbout) {
  EXPECT_EQ(Extract("0/1").exit_code, 0);
  std::string content = folder_.Read("out/manifest.0-of-1.jsonl");
  const size_t line = content.find('\n', content.find("\"done\"")) - 5;
  content.replace(line, 3, std::string(3, '\0'));
  folder_.Write("out/manifest.0-of-1.jsonl", content);
  EXPECT_THAT(Extract("0/1").out, HasSubstr("1 image done, 0 failed, 19 done before"));
}

TEST_F(ExtractShardTest, RefusesAManifestThatIsNone) {
  folder_.Write("out/manifest.0-of-1.jsonl", "something else\n");
  const ProgramRun run = Extract("0/1");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("want a manifest's head"));
  EXPECT_EQ(folder_.Read("out/manifest.0-of-1.jsonl"), "something else\n");
}

TEST_F(ExtractShardTest, RefusesAPartThatAnotherProcessWorksOn) {
  folder_.Write("out/manifest.0-of-1.jsonl", "");
  const int other = open((folder_ / "out/manifest.0-of-1.jsonl").c_str(), O_RDWR);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  const ProgramRun run = Extract("0/1");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("another process works on shard 0/1"));
  close(other);
  EXPECT_EQ(Extract("0/1").exit_code, 0);
}

TEST_F(ExtractShardTest, KeepsNamesThatAreNoText) {
  folder_.Write("in/caf\xe9 \"\\\n.jpg", "c");
  EXPECT_EQ(Extract("0/1").exit_code, 0);
  EXPECT_THAT(folder_.Names("out"), Contains("caf\xe9 \"\\\n.l.npy"));
  EXPECT_THAT(Extract("0/1").out, HasSubstr("0 images done, 0 failed, 21 done before"));
}

TEST_F(ExtractShardTest, RefusesStandardInputAndPartsThatAreNone) {
  EXPECT_EQ(Extract("4/4").exit_code, 2);
  const ProgramRun run = Extract("0/4", {"-"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("cannot be read again"));
  EXPECT_EQ(Asked(), 0u);
}

}  // namespace
}  // namespace onebyone
