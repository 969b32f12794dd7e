#include "client/commands/server_flags.h"

#include <gmock/gmock.h>

#include "tests/client/run_program.h"
#include "tests/client/scratch_folder.h"
#include "tests/client/server_pair.h"

namespace onebyone {
namespace {

using ::grpc::health::v1::HealthCheckResponse;
using ::onebyone::testing::RunOnebyone;
using ::onebyone::testing::ScratchFolder;
using ::onebyone::testing::ServerPair;
using ::testing::HasSubstr;
using ::testing::SizeIs;

ClientOptions Parse(const std::vector<std::string>& arguments) {
  CLI::App command;
  ClientOptions options;
  AddServerFlags(command, options);
  AddAvailabilityFlags(command, options);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  reversed.insert(reversed.end(), {"a:1,b:2", "--server"});
  command.parse(reversed);
  return options;
}

TEST(AvailabilityFlags, AreOffUnlessAskedFor) {
  const ClientOptions options = Parse({});
  EXPECT_EQ(options.target, "a:1,b:2");
  EXPECT_FALSE(options.health_check);
  EXPECT_FALSE(options.hedge.enabled());
}

TEST(AvailabilityFlags, TakeAPercentileOrATime) {
  EXPECT_EQ(Parse({"--hedge-after", "p97.5"}).hedge.percentile, 97.5);
  EXPECT_EQ(Parse({"--hedge-after", "20ms"}).hedge.delay, absl::Milliseconds(20));
  EXPECT_EQ(Parse({"--hedge-after", "0.5s"}).hedge.budget, 0.05);
  EXPECT_EQ(Parse({"--hedge-budget", "2", "--hedge-after", "p95"}).hedge.budget, 0.02);
  EXPECT_TRUE(Parse({"--health-check"}).health_check);
}

class WrongHedgeAfter : public ::testing::TestWithParam<const char*> {};
TEST_P(WrongHedgeAfter, IsRefused) {
  const auto run = RunOnebyone(
      {"extract", "--server", "a:1", "--layer", "l", "--output", "o", "--hedge-after", GetParam(), "a.jpg"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr(absl::StrCat("want p50 to p99 or a time as 20ms, got '", GetParam(), "'")));
}
INSTANTIATE_TEST_SUITE_P(All, WrongHedgeAfter, ::testing::Values("p20", "p99.9", "95", "p", "0ms", "-5ms", "soon"));

TEST(AvailabilityFlags, KnowNoBudgetWithoutHedges) {
  EXPECT_THROW(Parse({"--hedge-budget", "2"}), CLI::ParseError);
  EXPECT_THROW(Parse({"--hedge-budget", "0", "--hedge-after", "p95"}), CLI::ParseError);
}

TEST(AvailabilityFlags, ReachTheServers) {
  ServerPair servers;
  const ScratchFolder folder;
  servers.server(1).health().status = HealthCheckResponse::NOT_SERVING;
  servers.act = [](auto&, int, int number) {
    absl::SleepFor(absl::Milliseconds(number == 0 ? 300 : 0));
    return grpc::Status::OK;
  };
  const auto run =
      RunOnebyone({"extract", "--server", servers.target(), "--health-check", "--hedge-after", "20ms", "--hedge-budget",
                   "100", "--layer", "l", "--output", folder / "out", folder.Write("a.jpg", "a")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(servers.CountOf(0), 2);  // the hedge too
  EXPECT_EQ(servers.CountOf(1), 0);
}

}  // namespace
}  // namespace onebyone
