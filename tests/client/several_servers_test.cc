// Round robin, lists of servers and health checks, through real channels.
#include <gmock/gmock.h>

#include "absl/strings/str_replace.h"
#include "tests/client/server_pair.h"

namespace onebyone {
namespace {

using ::grpc::health::v1::HealthCheckResponse;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::RequestFor;
using ::onebyone::testing::ServerPair;

class SeveralServers : public ::testing::Test {
 protected:
  void Ask(const FeatureClient& client, int calls) {
    for (int i = 0; i < calls; ++i) ASSERT_THAT(client.ExtractFeatures(RequestFor("a")), IsOk()) << "call " << i;
  }

  // Asks until the other server than `server` was asked as often as wanted, `server` having got nothing meanwhile.
  bool ServerIsLeftOut(const FeatureClient& client, int server) {
    for (const absl::Time give_up = absl::Now() + absl::Seconds(20); absl::Now() < give_up;) {
      const int before = pair_.CountOf(server);
      Ask(client, 20);
      if (pair_.CountOf(server) == before) return true;
    }
    return false;
  }

  bool ServerIsAsked(const FeatureClient& client, int server) {
    const int before = pair_.CountOf(server);
    for (const absl::Time give_up = absl::Now() + absl::Seconds(20); absl::Now() < give_up;) {
      Ask(client, 2);
      if (pair_.CountOf(server) > before) return true;
    }
    return false;
  }

  ServerPair pair_;
};

TEST_F(SeveralServers, AreAskedInTurn) {
  Ask(*pair_.Connect(), 100);
  EXPECT_EQ(pair_.CountOf(0), 50);
  EXPECT_EQ(pair_.CountOf(1), 50);
}

TEST_F(SeveralServers, MayBeNamedInOtherWays) {
  for (const std::string& target :
       {absl::StrCat("ipv4:", pair_.target()), absl::StrReplaceAll(pair_.target(), {{"127.0.0.1", "localhost"}}),
        absl::StrCat("localhost", pair_.target().substr(pair_.target().find(':')))}) {
    const int before = pair_.CountOf(1);
    Ask(*pair_.Connect({.target = target}), 20);
    EXPECT_NEAR(pair_.CountOf(1) - before, 10, 2) << target;  // an address where nobody listens may disturb the turn
  }
}

// gRPC takes addresses of one family only: the one that is IPv4 is written as IPv6.
TEST_F(SeveralServers, MayBeOfDifferentFamilies) {
  const std::string nobody = absl::StrReplaceAll(pair_.server(1).target(), {{"127.0.0.1", "[::1]"}});
  const auto client = FeatureClient::Create({.target = absl::StrCat(pair_.server(0).target(), ",", nobody)});
  ASSERT_THAT(client, IsOk());
  Ask(**client, 10);
  EXPECT_EQ(pair_.CountOf(0), 10);
}

TEST_F(SeveralServers, SurviveTheDeathOfOne) {
  const auto client = pair_.Connect();
  Ask(*client, 20);
  pair_.Kill(1);
  Ask(*client, 100);
  EXPECT_EQ(pair_.CountOf(0), 110);
  EXPECT_EQ(pair_.CountOf(1), 10);
}

TEST_F(SeveralServers, ThatDoNotServeAreAskedWithoutHealthChecks) {
  pair_.server(1).health().status = HealthCheckResponse::NOT_SERVING;
  Ask(*pair_.Connect(), 10);
  EXPECT_EQ(pair_.CountOf(1), 5);
  EXPECT_EQ(pair_.server(1).health().watches, 0);
}

TEST_F(SeveralServers, AreAskedOnlyWhileTheyServeWithHealthChecks) {
  const auto client = pair_.Connect({.health_check = true});
  EXPECT_TRUE(ServerIsAsked(*client, 1));
  pair_.server(1).health().status = HealthCheckResponse::NOT_SERVING;
  EXPECT_TRUE(ServerIsLeftOut(*client, 1));
  const int before = pair_.CountOf(1);
  Ask(*client, 50);
  EXPECT_EQ(pair_.CountOf(1), before);
  pair_.server(1).health().status = HealthCheckResponse::SERVING;
  EXPECT_TRUE(ServerIsAsked(*client, 1));
}

TEST_F(SeveralServers, ThatNeverServedAreNeverAskedWithHealthChecks) {
  pair_.server(1).health().status = HealthCheckResponse::NOT_SERVING;
  const auto client = FeatureClient::Create({.target = pair_.target(), .health_check = true});
  ASSERT_THAT(client, IsOk());
  Ask(**client, 50);
  EXPECT_EQ(pair_.CountOf(0), 50);
  EXPECT_EQ(pair_.CountOf(1), 0);
}

TEST_F(SeveralServers, TellTheirHealthWhereTheyDoNotServe) {
  for (int i : {0, 1}) pair_.server(i).health().status = HealthCheckResponse::NOT_SERVING;
  const auto client = FeatureClient::Create({.target = pair_.target(), .health_check = true});
  ASSERT_THAT(client, IsOk());
  EXPECT_THAT((*client)->Health(), IsOkAndHolds(HealthCheckResponse::NOT_SERVING));
  EXPECT_EQ((*client)->ExtractFeatures(RequestFor("a")).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace onebyone
