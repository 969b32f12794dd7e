#include <gmock/gmock.h>

#include <string>

#include "client/top/load_text.h"
#include "client/top/metrics_text.h"
#include "client/top/server_load.h"
#include "tests/client/run_program.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::ProgramRun;
using ::onebyone::testing::RunOnebyone;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST(ParseMetrics, ReadsNamesLabelsAndNumbers) {
  ASSERT_OK_AND_ASSIGN(const auto samples, ParseMetrics("# HELP a Some help\n# TYPE a counter\n"
                                                        "a{x=\"1\",y=\"say \\\"hi\\\"\\n\\\\\"} 3.5\n"
                                                        "b_bucket{le=\"+Inf\"} 7 1395066363000\n\nc NaN\n"));
  ASSERT_THAT(samples, SizeIs(3));
  EXPECT_EQ(samples[0].name, "a");
  EXPECT_EQ(samples[0].labels.at("y"), "say \"hi\"\n\\");
  EXPECT_EQ(samples[0].value, 3.5);
  EXPECT_EQ(samples[1].labels.at("le"), "+Inf");
  EXPECT_EQ(samples[1].value, 7);
}

class WrongMetrics : public ::testing::TestWithParam<const char*> {};
TEST_P(WrongMetrics, AreNamed) {
  EXPECT_THAT(ParseMetrics(GetParam()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a line of Prometheus' text format")));
}
INSTANTIATE_TEST_SUITE_P(All, WrongMetrics,
                         ::testing::Values("<html>", "a", "a{", "a{x=1} 2", "a{x=\"1\" 2", "a{x=\"1} 2", "a one",
                                           "a 1 2 3", "{x=\"1\"} 2", "a{x=\"\\"));

// Two seconds of a server: 20 calls, 2 of which failed, and a probe; 18 images whose network took 1 to 2 ms but for one
// in a hundred that took up to 5.
constexpr char kBefore[] =
    "grpc_server_handled_total{grpc_service=\"onebyone.v1.FeatureExtraction\",grpc_code=\"OK\"} 100\n"
    "onebyone_images_total{model=\"tiny\",result=\"ok\"} 1000\n"
    "onebyone_requests_refused_total{reason=\"queue_full\"} 5\n"
    "process_cpu_seconds_total 10\n";
constexpr char kAfter[] =
    "grpc_server_handled_total{grpc_service=\"onebyone.v1.FeatureExtraction\",grpc_code=\"OK\"} 118\n"
    "grpc_server_handled_total{grpc_service=\"onebyone.v1.FeatureExtraction\",grpc_code=\"ResourceExhausted\"} 2\n"
    "grpc_server_handled_total{grpc_service=\"grpc.health.v1.Health\",grpc_code=\"OK\"} 50\n"
    "onebyone_images_total{model=\"tiny\",result=\"ok\"} 1200\n"
    "onebyone_images_total{model=\"tiny\",result=\"invalid\"} 4\n"
    "onebyone_requests_refused_total{reason=\"queue_full\"} 7\n"
    "onebyone_stage_seconds_bucket{model=\"tiny\",stage=\"network\",le=\"0.001\"} 0\n"
    "onebyone_stage_seconds_bucket{model=\"tiny\",stage=\"network\",le=\"0.002\"} 196\n"
    "onebyone_stage_seconds_bucket{model=\"tiny\",stage=\"network\",le=\"0.005\"} 200\n"
    "onebyone_stage_seconds_bucket{model=\"tiny\",stage=\"network\",le=\"+Inf\"} 200\n"
    "onebyone_queue_length{priority=\"interactive\"} 3\nonebyone_queue_length{priority=\"bulk\"} 4\n"
    "onebyone_lanes 2\nonebyone_lanes_busy 1\nprocess_cpu_seconds_total 13\n"
    "process_resident_memory_bytes 104857600\nprocess_start_time_seconds 1000\n"
    "onebyone_model_ready{model=\"tiny\"} 1\nonebyone_model_ready{model=\"broken\"} 0\n"
    "onebyone_model_info{model=\"tiny\",version=\"4\",precision=\"int8\"} 1\n"
    "onebyone_build_info{version=\"0.1.0\",isa=\"AVX2\"} 1\n";

ServerLoad Load(const char* before, const char* after) {
  return Compare(ParseMetrics(before).value(), ParseMetrics(after).value(), 2.0, absl::FromUnixSeconds(4661));
}

TEST(ServerLoad, IsWhatHappenedBetweenTwoLooks) {
  const ServerLoad load = Load(kBefore, kAfter);
  EXPECT_DOUBLE_EQ(load.requests_per_second, 10);
  EXPECT_DOUBLE_EQ(load.failed_per_second, 1);
  EXPECT_DOUBLE_EQ(load.images_per_second, 100);
  EXPECT_DOUBLE_EQ(load.failed_images_per_second, 2);
  EXPECT_DOUBLE_EQ(load.RefusalsPerSecond(), 1);
  EXPECT_DOUBLE_EQ(load.queue, 7);
  EXPECT_DOUBLE_EQ(load.processors, 1.5);
  EXPECT_EQ(load.uptime, absl::Seconds(3661));
  EXPECT_EQ(load.models.at("tiny").version, "4");
  EXPECT_TRUE(load.models.at("tiny").ready);
  EXPECT_FALSE(load.models.at("broken").ready);
}

TEST(ServerLoad, FindsQuantilesInsideBuckets) {
  const Latency network = Load(kBefore, kAfter).models.at("tiny").network;
  EXPECT_DOUBLE_EQ(network.per_second, 100);
  EXPECT_NEAR(network.p50, 0.001 + 0.001 * 100 / 196, 1e-9);
  EXPECT_NEAR(network.p99, 0.002 + 0.003 * 2 / 4, 1e-9);
}

TEST(ServerLoad, OfAServerThatStartedAnewCountsFromZero) {
  const ServerLoad load = Load(kAfter, kBefore);
  EXPECT_DOUBLE_EQ(load.requests_per_second, 50);
  EXPECT_DOUBLE_EQ(load.images_per_second, 500);
}

TEST(ServerLoad, OfAnEmptyPageIsNothing) {
  const ServerLoad load = Load("", "");
  EXPECT_EQ(load.requests_per_second, 0);
  EXPECT_EQ(load.request.p99, 0);
  EXPECT_THAT(LoadScreen("h:1", load, {}), HasSubstr("requests  0.0/s"));
}

TEST(LoadScreen, ShowsTheWhole) {
  const std::string screen = LoadScreen("127.0.0.1:8002", Load(kBefore, kAfter), {0, 50, 100});
  EXPECT_THAT(screen,
              AllOf(HasSubstr("onebyone-server 0.1.0 at 127.0.0.1:8002, up 1h1m1s, AVX2\n"),
                    HasSubstr("refused 1.0/s (queue_full 1.0)"), HasSubstr("1 of 2 lanes busy"), HasSubstr("▁▅█"),
                    HasSubstr("100 MiB memory"), HasSubstr("1.51 ms"), HasSubstr("not ready")));
}

TEST(LoadLine, IsAsWideAsItsTitles) {
  const std::string line = LoadLine(Load(kBefore, kAfter), absl::FromUnixSeconds(0));
  EXPECT_EQ(line.size(), LoadLineTitles().size());
  EXPECT_THAT(line, AllOf(HasSubstr("1970-01-01T00:00:00Z"), HasSubstr(" 1/2 "), Not(HasSubstr("\x1b"))));
}

TEST(Top, SaysThatNobodyAnswers) {
  const ProgramRun run = RunOnebyone({"top", "--metrics", "127.0.0.1:1", "--once"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("http://127.0.0.1:1/metrics: no answer"));
}

class WrongTop : public ::testing::TestWithParam<std::vector<std::string>> {};
TEST_P(WrongTop, IsWrongUsage) {
  std::vector<std::string> arguments = GetParam();
  arguments.insert(arguments.begin(), "top");
  EXPECT_EQ(RunOnebyone(arguments).exit_code, 2);
}
INSTANTIATE_TEST_SUITE_P(All, WrongTop,
                         ::testing::Values(std::vector<std::string>{"--metrics", "localhost"},
                                           std::vector<std::string>{"--metrics", "localhost:0"},
                                           std::vector<std::string>{"--interval", "0"},
                                           std::vector<std::string>{"--count", "0"},
                                           std::vector<std::string>{"--once", "--count", "2"}));

}  // namespace
}  // namespace onebyone
