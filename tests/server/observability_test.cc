// What the server tells of itself, piece by piece.

#include <gmock/gmock.h>
#include <prometheus/text_serializer.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "server/observability/access_entry.h"
#include "server/observability/access_log.h"
#include "server/observability/build_information.h"
#include "server/observability/call_metrics.h"
#include "server/observability/call_origin.h"
#include "server/observability/json_log.h"
#include "server/observability/load_reporter.h"
#include "server/observability/metrics_endpoint.h"
#include "server/observability/observability_options.h"
#include "server/observability/refusal.h"
#include "server/observability/server_metrics.h"
#include "server/status_details.h"
#include "tests/testing/status_matchers.h"
#include "xds/data/orca/v3/orca_load_report.pb.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTrace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string Text(prometheus::Registry& registry) { return prometheus::TextSerializer().Serialize(registry.Collect()); }

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Traceparent, IsTakenAsW3cWritesIt) {
  EXPECT_TRUE(IsTraceparent(kTrace));
  EXPECT_TRUE(IsTraceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-later"));
}

class WrongTraceparent : public ::testing::TestWithParam<const char*> {};
TEST_P(WrongTraceparent, IsNotTaken) { EXPECT_FALSE(IsTraceparent(GetParam())); }
INSTANTIATE_TEST_SUITE_P(All, WrongTraceparent,
                         ::testing::Values("", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                                           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                                           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                                           "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));

// A request whose client tries to write a line of its own.
AccessEntry HostileEntry(const CallOrigin& origin, RequestSummary& request) {
  request.model = "tiny\n{\"code\":\"OK\"} \"quoted\" \x1b[2J";
  request.layers = std::string(1000, 'x');
  request.images = 3;
  request.timing.set_network_us(1500);
  return {.time = absl::FromUnixMillis(1'000),
          .origin = &origin,
          .request = &request,
          .code = "InvalidArgument",
          .message = "model: unknown",
          .total = absl::Milliseconds(2)};
}

TEST(AccessEntry, KeepsWhatClientsWriteInOneLineOfText) {
  CallOrigin origin;
  origin.id = "7";
  origin.traceparent = kTrace;
  RequestSummary request;
  const std::string line = FormatAccess(HostileEntry(origin, request), LogFormat::kText);
  EXPECT_THAT(line, AllOf(HasSubstr("time=1970-01-01T00:00:01.000Z id=7 traceparent=00-4bf9"),
                          HasSubstr("model=\"tiny\\n{\\\"code\\\":\\\"OK\\\"} \\\"quoted\\\" \\033[2J\""),
                          HasSubstr("images=3 "), HasSubstr("network_us=1500"), HasSubstr("total_us=2000"),
                          HasSubstr("code=InvalidArgument message=\"model: unknown\"")));
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_LT(line.size(), 1000);
}

TEST(AccessEntry, IsOneJsonObject) {
  CallOrigin origin;
  RequestSummary request;
  const std::string line = FormatAccess(HostileEntry(origin, request), LogFormat::kJson);
  EXPECT_THAT(line, AllOf(HasSubstr("\"model\": \"tiny\\u000a{\\\"code\\\":\\\"OK\\\"} \\\"quoted\\\" \\u001b[2J\""),
                          HasSubstr("\"total_us\": 2000"), Not(HasSubstr("\n"))));
}

TEST(JsonLog, EscapesTheMessage) {
  const spdlog::details::log_msg message("onebyone", spdlog::level::warn, "a \"b\"\nc");
  spdlog::memory_buf_t line;
  JsonLogFormatter().format(message, line);
  EXPECT_THAT(std::string(line.data(), line.size()),
              ::testing::MatchesRegex(R"(\{"time": "[^"]*Z", "level": "warning", "message": "a \\"b\\"\\u000ac"\}.)"));
}

TEST(AccessLogFile, HoldsWhatWasWrittenAndGoesOnInANewFileAfterRotation) {
  const std::string path = ::testing::TempDir() + "/onebyone_access.log";
  std::remove(path.c_str());
  std::remove((path + ".1").c_str());
  {
    ASSERT_OK_AND_ASSIGN(const auto log, AccessLog::Open(path));
    log->Write("first");
    std::filesystem::rename(path, path + ".1");
    ASSERT_THAT(log->Reopen(), IsOk());
    log->Write("second");
    EXPECT_EQ(log->lost(), 0);
  }
  EXPECT_EQ(ReadAll(path + ".1") + ReadAll(path), "first\nsecond\n");
  EXPECT_THAT(ReadAll(path), HasSubstr("second\n"));
}

TEST(AccessLogFile, SaysWhyItCannotBeOpened) {
  EXPECT_THAT(AccessLog::Open("/no/such/folder/log"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("--access-log: cannot open /no/such/folder/log")));
}

TEST(CallMetrics, GiveLabelsOfTheirOwnToServedMethodsOnly) {
  prometheus::Registry registry;
  const CallMetrics metrics(registry);
  metrics.Of("/onebyone.v1.FeatureExtraction/ExtractFeatures").CountEnd(grpc::StatusCode::OK, absl::Milliseconds(3));
  for (int i = 0; i < 100; ++i) {
    MethodMetrics& method = metrics.Of("/evil.Service/Method" + std::to_string(i));
    method.CountStart();
    method.CountEnd(grpc::StatusCode::UNIMPLEMENTED, absl::ZeroDuration());
  }
  metrics.Of("/x").CountEnd(grpc::StatusCode::DO_NOT_USE, absl::ZeroDuration());
  EXPECT_THAT(Text(registry),
              AllOf(HasSubstr("grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"ExtractFeatures\",grpc_service="
                              "\"onebyone.v1.FeatureExtraction\",grpc_type=\"unary\"} 1"),
                    HasSubstr("grpc_server_started_total{grpc_method=\"unknown\",grpc_service=\"unknown\",grpc_type="
                              "\"unknown\"} 100"),
                    HasSubstr("grpc_code=\"Unimplemented\""), HasSubstr("grpc_type=\"bidi_stream\""),
                    HasSubstr("grpc_code=\"Unknown\""), Not(HasSubstr("evil"))));
}

TEST(Refusal, IsToldByReasonOrCode) {
  EXPECT_EQ(RefusalOf(WithReason(absl::ResourceExhaustedError("full"), reason::kQueueFull)), Refusal::kQueueFull);
  EXPECT_EQ(RefusalOf(WithReason(absl::ResourceExhaustedError("full"), reason::kMemoryBudget)), Refusal::kBytes);
  EXPECT_EQ(RefusalOf(WithReason(absl::UnavailableError("bye"), reason::kDraining)), Refusal::kDraining);
  EXPECT_EQ(RefusalOf(absl::DeadlineExceededError("late")), Refusal::kDeadline);
  EXPECT_EQ(RefusalOf(absl::UnavailableError("a model that did not load")), std::nullopt);
  EXPECT_EQ(RefusalOf(absl::InvalidArgumentError("images")), std::nullopt);
}

TEST(LoadReport, TellsUtilizationAndRates) {
  absl::Time now = absl::FromUnixSeconds(100);
  const Clock clock = [&now] { return now; };
  ASSERT_OK_AND_ASSIGN(const auto scheduler, Scheduler::Create(2, {}, {.waiting_images = 10}, clock));
  ASSERT_THAT(scheduler->admission().Admit({.load = {.client = "a", .images = 5}}), IsOk());  // nobody begins them
  LoadReporter reporter(*scheduler, clock);
  now += absl::Seconds(1);
  for (int i = 0; i < 9; ++i) reporter.Report(absl::StatusCode::kOk);
  now += LoadReporter::kFreshness;
  xds::data::orca::v3::OrcaLoadReport report;
  ASSERT_TRUE(report.ParseFromString(reporter.Report(absl::StatusCode::kResourceExhausted)));
  EXPECT_DOUBLE_EQ(report.application_utilization(), 2.5);
  EXPECT_DOUBLE_EQ(report.utilization().at("queue"), 0.5);
  EXPECT_DOUBLE_EQ(report.named_metrics().at("queue_length"), 5);
  EXPECT_NEAR(report.rps_fractional(), 10 / 1.02, 1e-9);
  EXPECT_NEAR(report.eps(), 1 / 1.02, 1e-9);
}

TEST(LoadReport, ForgetsARushThatIsOver) {
  absl::Time now = absl::FromUnixSeconds(100);
  const Clock clock = [&now] { return now; };
  ASSERT_OK_AND_ASSIGN(const auto scheduler, Scheduler::Create(0, {}, {}, clock));
  LoadReporter reporter(*scheduler, clock);
  for (int i = 0; i < 1000; ++i) reporter.Report(absl::StatusCode::kOk);
  xds::data::orca::v3::OrcaLoadReport report;
  for (int i = 0; i < 3; ++i) {
    now += LoadReporter::kWindow;
    ASSERT_TRUE(report.ParseFromString(reporter.Report(absl::StatusCode::kOk)));
  }
  EXPECT_NEAR(report.rps_fractional(), 1, 0.01);
}

TEST(MetricsEndpoint, SaysThatItsAddressIsTaken) {
  ASSERT_OK_AND_ASSIGN(const auto first, MetricsEndpoint::Listen("127.0.0.1:0", {}));
  EXPECT_GT(first->port(), 0);
  const std::string address = "127.0.0.1:" + std::to_string(first->port());
  EXPECT_THAT(MetricsEndpoint::Listen(address, {}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("cannot listen on " + address)));
}

TEST(ObservabilityOptions, AreChecked) {
  EXPECT_THAT(ObservabilityOptions().Validate(), IsOk());
  EXPECT_THAT(ObservabilityOptions{.metrics_listen = "127.0.0.1:0"}.Validate(), IsOk());
  EXPECT_THAT(ObservabilityOptions{.metrics_listen = "8002"}.Validate(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--metrics-listen: wanted HOST:PORT")));
  EXPECT_THAT(ObservabilityOptions{.metrics_port_file = "port"}.Validate(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--metrics-listen beside it")));
  EXPECT_THAT(ObservabilityOptions{.access_log = ""}.Validate(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--access-log")));
}

TEST(BuildLine, NamesWhatTheProgramIsMadeOf) {
  EXPECT_THAT(BuildLine(), AllOf(HasSubstr("onebyone-server "), HasSubstr("gRPC 1."), HasSubstr("oneDNN "),
                                 HasSubstr("commit "), Not(HasSubstr("isa unknown"))));
}

}  // namespace
}  // namespace onebyone
