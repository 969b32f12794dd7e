#include "client/commands/health.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <thread>

#include "absl/time/clock.h"
#include "tests/client/fake_server.h"
#include "tests/client/run_program.h"

namespace onebyone {
namespace {

using ::grpc::health::v1::HealthCheckResponse;
using ::onebyone::testing::FakeServer;
using ::onebyone::testing::ProgramRun;
using ::onebyone::testing::RunOnebyone;
using ::testing::HasSubstr;

class HealthTest : public ::testing::Test {
 protected:
  ProgramRun Health(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"health", "--server", server_.target()});
    return RunOnebyone(arguments);
  }
  FakeServer server_;
};

TEST_F(HealthTest, SucceedsWhereTheServerServes) {
  const ProgramRun run = Health({});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.out, "SERVING\n");
}

TEST_F(HealthTest, FailsWhereItDoesNot) {
  server_.health().status = HealthCheckResponse::NOT_SERVING;
  const ProgramRun run = Health({"--service", "known"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.out, "NOT_SERVING\n");
}

TEST_F(HealthTest, TellsAServiceThatIsNotThere) {
  const ProgramRun run = Health({"--service", "other"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.out, "SERVICE_UNKNOWN\n");
  EXPECT_THAT(run.err, HasSubstr("'other'"));
}

TEST_F(HealthTest, WaitsUntilTheServerServes) {
  server_.health().checks_until_serving = 2;
  EXPECT_EQ(Health({}).out, "NOT_SERVING\n");
  EXPECT_EQ(Health({"--wait", "60"}).out, "SERVING\n");
}

TEST_F(HealthTest, GivesUpWaitingInTime) {
  server_.health().status = HealthCheckResponse::NOT_SERVING;
  const absl::Time start = absl::Now();
  EXPECT_EQ(Health({"--wait", "0.5"}).exit_code, 1);
  EXPECT_GE(absl::Now() - start, absl::Seconds(0.5));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST(Health, SeesAServerThatStartsLaterSoon) {
  std::string target;
  {
    const FakeServer gone;
    target = gone.target();
  }
  v1::FeatureExtraction::Service service;  // gRPC serves health beside another service only
  std::unique_ptr<grpc::Server> server;
  std::thread later([&] {
    absl::SleepFor(absl::Seconds(1));
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(target, grpc::InsecureServerCredentials());
    builder.RegisterService(&service);
    server = builder.BuildAndStart();
    grpc::EnableDefaultHealthCheckService(false);
  });
  const absl::Time start = absl::Now();
  EXPECT_EQ(RunOnebyone({"health", "--server", target, "--wait", "60"}).out, "SERVING\n");
  EXPECT_LT(absl::Now() - start, absl::Seconds(4));
  later.join();
  ASSERT_NE(server, nullptr);
  server->Shutdown();
}

TEST(Health, TellsThatNobodyAnswers) {
  std::string target;
  {
    const FakeServer gone;
    target = gone.target();
  }
  const ProgramRun run = RunOnebyone({"health", "--server", target});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.out, "UNREACHABLE\n");
  EXPECT_THAT(run.err, HasSubstr("UNAVAILABLE"));
}

}  // namespace
}  // namespace onebyone
