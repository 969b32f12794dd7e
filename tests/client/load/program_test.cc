#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "client/load/report/result_json.h"
#include "engine/base/file.h"
#include "tests/client/fake_server.h"
#include "tests/client/load/delay_server.h"
#include "tests/client/load/fake_infer_service.h"
#include "tests/client/run_program.h"
#include "tests/client/scratch_folder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::DelayServer;
using ::onebyone::testing::FakeInferServer;
using ::onebyone::testing::FakeServer;
using ::onebyone::testing::ProgramRun;
using ::onebyone::testing::RunOnebyone;
using ::onebyone::testing::ScratchFolder;
using ::testing::HasSubstr;

ProgramRun Load(const std::string& target, std::vector<std::string> arguments, Cancellation* interruption = nullptr) {
  std::vector<std::string> all = {"load", "--server", target};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return RunOnebyone(all, "", interruption);
}

class LoadCommand : public ::testing::Test {
 protected:
  LoadCommand() {
    scratch_.Write("photos/a.jpg", "\xFF\xD8\xFF one");
    scratch_.Write("photos/b.jpg", "\xFF\xD8\xFF two");
  }
  std::string photos() const { return scratch_ / "photos"; }
  LoadResult Json() const { return *ParseResultJson(scratch_.Read("run.json")); }
  ScratchFolder scratch_;
  FakeServer server_;
};

TEST_F(LoadCommand, PutsAnOpenLoopOnAServerAndReports) {
  const ProgramRun run =
      Load(server_.target(), {"--rate", "200", "--arrivals", "constant", "--duration", "1", "--warm-up", "0", "--layer",
                              "pool5", "--json", scratch_ / "run.json", photos()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("p99"));
  const LoadResult result = Json();
  EXPECT_EQ(result.due, 200);
  EXPECT_EQ(result.plan.loop, LoopKind::kOpen);
  EXPECT_EQ(result.codes[0].count, 200);
  EXPECT_EQ(result.plan.picture_count, 2);
  EXPECT_GE(result.bytes_out, 200 * 20);
  EXPECT_GT(result.client_cpu_share, 0);
  for (const auto& request : server_.features().Requests()) EXPECT_EQ(request.features(0).layer(), "pool5");
}

TEST_F(LoadCommand, RepeatsWithTheSameSeedWhatItSent) {
  const auto pictures = [this](const char* seed) {
    FakeServer server;
    const ProgramRun run = Load(server.target(), {"--rate", "300", "--requests", "60", "--warm-up", "0", "--seed", seed,
                                                  "--connections", "1", photos()});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    std::string sent;
    for (const auto& request : server.features().Requests()) sent += request.images(0).content().back();
    std::sort(sent.begin(), sent.end());
    return sent;
  };
  EXPECT_EQ(pictures("5"), pictures("5"));
  EXPECT_EQ(pictures("5").size(), 61);  // and the first call, which tells whether all is well
}

TEST_F(LoadCommand, PutsAClosedLoopOnAServerByStream) {
  const ProgramRun run =
      Load(server_.target(), {"--protocol", "stream", "--concurrency", "3", "--requests", "100", "--warm-up", "0",
                              "--layer", "pool5", "--priority", "bulk", "--json", scratch_ / "run.json", photos()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(Json().codes[0].count, 100);
  EXPECT_EQ(Json().plan.target_kind, "onebyone stream");
  EXPECT_EQ(server_.features().Requests().back().priority(), v1::BULK);
}

TEST_F(LoadCommand, AsksAKServeServerAsItsMetadataTells) {
  inference::ModelMetadataResponse model;
  model.add_inputs()->set_name("picture");
  model.mutable_inputs(0)->set_datatype("BYTES");
  model.mutable_inputs(0)->add_shape(-1);
  FakeInferServer server(model);
  const ProgramRun run = Load(
      server.target(), {"--protocol", "kserve", "--model", "m", "--layer", "out", "--channels", "8", "--concurrency",
                        "1", "--requests", "20", "--warm-up", "0", "--json", scratch_ / "run.json", photos()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const auto request = server.Requests().back();
  EXPECT_EQ(request.inputs(0).name(), "picture");
  EXPECT_EQ(request.outputs(0).name(), "out");
  EXPECT_EQ(request.parameters().at("channels").int64_param(), 8);
  EXPECT_EQ(request.parameters_size(), 1);  // what was not told is not sent: other servers may not know it
  EXPECT_EQ(Json().environment.server_version, "fake 1");
}

TEST_F(LoadCommand, FailsWhereAConditionHolds) {
  const ProgramRun run = Load(server_.target(), {"--concurrency", "1", "--requests", "50", "--warm-up", "0",
                                                 "--fail-if", "p50>1ns", "--fail-if", "errors>0", photos()});
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_THAT(run.out, HasSubstr("p50>1ns"));
  EXPECT_EQ(Load(server_.target(),
                 {"--concurrency", "1", "--requests", "50", "--warm-up", "0", "--fail-if", "p50>10s", photos()})
                .exit_code,
            0);
}

TEST_F(LoadCommand, RecordsAndFindsAnswersThatChanged) {
  const std::string record = scratch_ / "record";
  const std::vector<std::string> replay = {"--replay", record, "--layer", "pool5",
                                           "--layer",  "fc",   "--json",  scratch_ / "run.json"};
  ASSERT_EQ(Load(server_.target(), {"--rate", "200", "--requests", "40", "--warm-up", "0", "--layer", "pool5",
                                    "--layer", "fc", "--record", record, photos()})
                .exit_code,
            0);
  ProgramRun run = Load(server_.target(), replay);
  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_EQ(Json().replay->compared, 40);
  EXPECT_EQ(Json().replay->changed, 0);
  server_.features().after = [](v1::ExtractFeaturesResponse& response) {
    std::string& content = *response.mutable_results(0)->mutable_features(1)->mutable_content();
    content[1] ^= 1;
  };
  run = Load(server_.target(), replay);
  EXPECT_EQ(run.exit_code, 3) << run.err;
  ASSERT_EQ(Json().replay->changed, 40);
  EXPECT_THAT(Json().replay->examples[0].picture, HasSubstr(".jpg"));
  EXPECT_THAT(Json().replay->examples[0].got, HasSubstr("fc "));
  scratch_.Write("photos/a.jpg", "\xFF\xD8\xFF other");
  run = Load(server_.target(), replay);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("got other bytes"));
}

TEST_F(LoadCommand, CountsAPictureThatTheServerRefusesAndNamesIt) {
  scratch_.Write("photos/c.jpg", "broken");
  const ProgramRun run =
      Load(server_.target(), {"--concurrency", "1", "--requests", "60", "--warm-up", "0", "--order", "in-turn",
                              "--layer", "pool5", "--json", scratch_ / "run.json", photos()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  ASSERT_EQ(Json().codes.size(), 2);
  EXPECT_EQ(Json().codes[1].code, "INVALID_ARGUMENT");
  EXPECT_EQ(Json().codes[1].count, 20);
  EXPECT_THAT(Json().codes[1].example, HasSubstr("c.jpg"));
}

TEST_F(LoadCommand, SweepsConcurrencies) {
  const ProgramRun run = Load(server_.target(), {"--sweep", "1,2", "--trial", "0.5", "--layer", "pool5", "--json",
                                                 scratch_ / "run.json", photos()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  ASSERT_EQ(Json().steps.size(), 2);
  EXPECT_EQ(Json().steps[1].asked, 2);
  EXPECT_GT(Json().capacity->concurrency, 0);
}

TEST_F(LoadCommand, SaysThatNobodyIsThere) {
  const absl::Time start = absl::Now();
  const ProgramRun run = Load("127.0.0.1:1", {"--rate", "10", photos()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("onebyone load: UNAVAILABLE"));
  EXPECT_LT(absl::Now() - start, absl::Seconds(15));
}

TEST_F(LoadCommand, StopsAtTheFirstCallWhereTheQuestionIsWrong) {
  server_.features().before = [](grpc::ServerContext&, const v1::ExtractFeaturesRequest&, int) {
    return ::onebyone::testing::BadRequestStatus("no such layer", "features[0].layer",
                                                 "want a layer of the model, got 'pol5'");
  };
  const ProgramRun run = Load(server_.target(), {"--rate", "100", "--layer", "pol5", photos()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(run.err, HasSubstr("got 'pol5'"));
  EXPECT_EQ(server_.features().Requests().size(), 1);
}

TEST_F(LoadCommand, RefusesAnEmptyFolderAndAMissingFile) {
  scratch_.Write("empty/notes.txt", "no picture");
  ProgramRun run = Load(server_.target(), {"--rate", "10", scratch_ / "empty"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("want images in the folder"));
  run = Load(server_.target(), {"--rate", "10", scratch_ / "nowhere.jpg"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("no such file"));
}

TEST_F(LoadCommand, RefusesWhatMakesNoSense) {
  const std::vector<std::vector<std::string>> wrong = {
      {"--rate", "0"},
      {"--rate", "-5"},
      {"--rate", "5000000"},
      {"--rate", "fast"},
      {"--rate", "10", "--concurrency", "2"},
      {"--ramp", "10"},
      {"--steps", "10:0"},
      {"--find-capacity"},
      {"--rate", "10", "--think", "1"},
      {"--rate", "10", "--slo", "p99"},
      {"--rate", "10", "--fail-if", "p99>50"},
      {"--rate", "10", "--percentiles", "50,100"},
      {"--rate", "10", "--duration", "0"},
      {"--sweep", "1,0"},
      {"--rate", "10", "--input", "random"},
      {"--rate", "10", "--record", "/no/such/folder/file"},
      {"--rate", "10", "--json", "/no/such/folder/file"},
      {"--synthetic", "640", "--rate", "10"},
      {"--size-mix", "1K:1", "--rate", "10"},
      {"--rate", "10", "--synthetic", "640x480", photos()},
  };
  for (const auto& arguments : wrong) {
    const ProgramRun run = Load(server_.target(), arguments);
    EXPECT_EQ(run.exit_code, 2) << ::testing::PrintToString(arguments) << run.err;
    EXPECT_NE(run.err, "");
  }
  EXPECT_EQ(server_.features().Requests().size(), 0);
}

TEST_F(LoadCommand, ReportsWhatItHasWhenItIsInterrupted) {
  Cancellation interruption;
  std::thread interrupter([&interruption] {
    absl::SleepFor(absl::Milliseconds(1500));
    interruption.Cancel();
  });
  const ProgramRun run = Load(server_.target(),
                              {"--rate", "100", "--duration", "60", "--warm-up", "0", "--layer", "pool5", "--json",
                               scratch_ / "run.json", photos()},
                              &interruption);
  interrupter.join();
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("ended early: interrupted"));
  EXPECT_EQ(Json().ended, "interrupted");
  EXPECT_GT(Json().codes[0].count, 20);
  EXPECT_EQ(ErrorCount(Json()), 0);
  EXPECT_LT(Json().measured_ms, 2500);
}

TEST_F(LoadCommand, EndsWhenTheServerGoesAway) {
  auto server = std::make_unique<DelayServer>(testing::DelayOptions{});
  std::thread killer([&server] {
    absl::SleepFor(absl::Milliseconds(2000));
    server->Stop();
  });
  const ProgramRun run =
      Load(server->target(), {"--rate", "100", "--duration", "60", "--warm-up", "0", "--json", scratch_ / "run.json"});
  killer.join();
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("the server went away"));
  EXPECT_GT(Json().codes[0].count, 50);
  EXPECT_EQ(Json().codes[1].code, "UNAVAILABLE");
  EXPECT_LT(Json().measured_ms, 15'000);
}

TEST_F(LoadCommand, SaysThatTheDiskIsFull) {
  const ProgramRun run = Load(server_.target(), {"--concurrency", "1", "--requests", "20", "--warm-up", "0", "--layer",
                                                 "pool5", "--json", "/dev/full", photos()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("/dev/full: cannot be written: No space left on device"));
  EXPECT_THAT(run.out, HasSubstr("p99"));  // what was measured is not lost
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST_F(LoadCommand, SaysThatAReportCannotBeWritten) {
  std::filesystem::create_directory(scratch_ / "run.json");  // a folder in its way
  const ProgramRun run = Load(server_.target(), {"--concurrency", "1", "--requests", "20", "--warm-up", "0", "--json",
                                                 scratch_ / "run.json", photos()});
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("run.json"));
}

}  // namespace
}  // namespace onebyone
