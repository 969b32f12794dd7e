#include "client/channel_security.h"

#include <gmock/gmock.h>

#include <string>

#include "client/feature_client.h"
#include "tests/client/fake_server.h"
#include "tests/client/scratch_folder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::FakeServer;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::ScratchFolder;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ChannelSecurity, RefusesWhatWouldHaveNoEffect) {
  ChannelSecurity security;
  security.ca_file = "ca.pem";
  EXPECT_THAT(security.Validate("host:1"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--tls-ca: want --tls")));
  security.tls = true;
  EXPECT_THAT(security.Validate("host:1"), IsOk());
  security.certificate_file = "own.pem";
  EXPECT_THAT(security.Validate("host:1"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--tls-certificate: want --tls-key")));
  security.key_file = "own.key";
  EXPECT_THAT(security.Validate("host:1"), IsOk());
}

TEST(ChannelSecurity, SendsNoTokenInTheClearToOtherMachines) {
  ChannelSecurity security;
  security.token_file = "token";
  for (const std::string far : {"features.example:1", "dns:///features.example:1", "ipv4:127.0.0.1:1,10.0.0.1:1",
                                "127.evil.example:1", "dns://127.0.0.1/features.example:1"}) {
    EXPECT_THAT(security.Validate(far), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--token-file"))) << far;
  }
  for (const std::string near :
       {"localhost:1", "127.0.0.1:1", "[::1]:1", "dns:///localhost:1", "ipv4:127.0.0.1:1,127.0.0.2:1", "unix:/a"}) {
    EXPECT_THAT(security.Validate(near), IsOk()) << near;
  }
  security.tls = true;
  EXPECT_THAT(security.Validate("features.example:1"), IsOk());
}

TEST(ChannelSecurity, RefusesATokenFileWithoutShowingIt) {
  const ScratchFolder folder;
  ChannelSecurity security;
  for (const std::string wrong : {"", "\n", "alice secret\n"}) {
    security.token_file = folder.Write("token", wrong);
    EXPECT_THAT(ReadSecrets(security).status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                                         AllOf(HasSubstr("--token-file"), Not(HasSubstr("secret")))));
  }
}

TEST(ChannelSecurity, PutsTheTokenIntoEveryCall) {
  const ScratchFolder folder;
  FakeServer server;
  std::string header;
  server.features().before = [&header](grpc::ServerContext& context, const auto&, int) {
    const auto found = context.client_metadata().find("authorization");
    if (found != context.client_metadata().end()) header.assign(found->second.data(), found->second.size());
    return grpc::Status::OK;
  };
  ClientOptions options;
  options.target = server.target();
  options.security.token_file = folder.Write("token", "a-token\n");
  const auto client = FeatureClient::Create(options);
  ASSERT_THAT(client, IsOk());
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content("a");
  request.add_features()->set_layer("layer");
  EXPECT_THAT((*client)->ExtractFeatures(request), IsOk());
  EXPECT_EQ(header, "Bearer a-token");
}

}  // namespace
}  // namespace onebyone
