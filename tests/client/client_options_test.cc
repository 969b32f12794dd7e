#include "client/client_options.h"

#include <gmock/gmock.h>

#include "client/service_config.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class GoodTarget : public ::testing::TestWithParam<const char*> {};
TEST_P(GoodTarget, IsTaken) { EXPECT_THAT((ClientOptions{.target = GetParam()}.Validate()), IsOk()); }
INSTANTIATE_TEST_SUITE_P(All, GoodTarget,
                         ::testing::Values("localhost:50051", "10.0.0.1:1", "[::1]:65535", "unix:/run/onebyone.sock",
                                           "dns:///features.example:443", "ipv4:127.0.0.1:1,127.0.0.2:1",
                                           "a:1,10.0.0.1:2,[::1]:3"));

class BadTarget : public ::testing::TestWithParam<const char*> {};
TEST_P(BadTarget, IsRefusedByName) {
  EXPECT_THAT((ClientOptions{.target = GetParam()}.Validate()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("want HOST:PORT"), HasSubstr(absl::StrCat("'", GetParam(), "'")))));
}
INSTANTIATE_TEST_SUITE_P(All, BadTarget,
                         ::testing::Values("", "localhost", ":50051", "host:", "host:0", "host:65536", "host:x",
                                           "host:-1", "::1:50051", "a:1,", "a:1,b", ",a:1", "a:1, b:2x"));

TEST(ClientOptions, RefusesWhatGrpcWouldIgnore) {
  const ClientOptions good = {.target = "host:1"};
  ClientOptions options = good;
  options.deadline = absl::ZeroDuration();
  EXPECT_THAT(options.Validate(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("deadline")));
  options = good;
  options.retry.max_attempts = 6;
  EXPECT_THAT(options.Validate(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want 1 to 5, got 6")));
  options = good;
  options.retry.max_backoff = absl::Milliseconds(1);
  EXPECT_THAT(options.Validate(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("backoff")));
  options = good;
  options.retry.backoff_multiplier = 0.5;
  EXPECT_THAT(options.Validate(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("multiplier")));
  options = good;
  options.max_receive_bytes = int64_t{1} << 31;
  EXPECT_THAT(options.Validate(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("receive")));
}

TEST(ClientOptions, RefusesHedgesThatCannotBe) {
  const ClientOptions good = {.target = "host:1", .hedge = {.percentile = 95}};
  EXPECT_THAT(good.Validate(), IsOk());
  ClientOptions options = good;
  options.hedge.percentile = 99.5;
  EXPECT_THAT(options.Validate(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want 50 to 99, got 99.5")));
  options = good;
  options.hedge.delay = absl::Milliseconds(1);
  EXPECT_THAT(options.Validate(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("got both")));
  options = good;
  options.hedge.budget = 0;
  EXPECT_THAT(options.Validate(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("budget")));
}

TEST(ClientOptions, WantsTheNameInTheCertificatesOfDifferentHosts) {
  ClientOptions options = {.target = "a:1,a:2"};
  options.security.tls = true;
  EXPECT_THAT(options.Validate(), IsOk());
  options.target = "a:1,b:2";
  EXPECT_THAT(options.Validate(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--tls-server-name")));
  options.security.server_name = "both";
  EXPECT_THAT(options.Validate(), IsOk());
}

TEST(ServiceConfig, LeavesRetriesOutForASingleAttempt) {
  EXPECT_THAT(ServiceConfigJson({.target = "host:1", .retry = {.max_attempts = 1}}), Not(HasSubstr("retryPolicy")));
  EXPECT_THAT(ServiceConfigJson({.target = "host:1"}),
              AllOf(HasSubstr("\"maxAttempts\":4"), HasSubstr("\"initialBackoff\":\"0.100s\""),
                    HasSubstr("round_robin"), Not(HasSubstr("healthCheckConfig"))));
}

TEST(ServiceConfig, DoesNotRetryWhatIsHedged) {
  EXPECT_THAT(ServiceConfigJson({.target = "host:1", .hedge = {.percentile = 95}}),
              AllOf(HasSubstr("\"method\":\"GetModel\""), Not(HasSubstr("ExtractFeatures"))));
}

}  // namespace
}  // namespace onebyone
