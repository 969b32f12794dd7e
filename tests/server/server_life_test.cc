// Health, and how a server ends.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "grpc/health/v1/health.grpc.pb.h"
#include "onebyone/v1/feature_extraction.grpc.pb.h"
#include "server/server.h"
#include "server/signals.h"
#include "tests/server/tiny_model.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::grpc::health::v1::HealthCheckRequest;
using ::grpc::health::v1::HealthCheckResponse;
using ::onebyone::testing::AddImages;
using ::onebyone::testing::EncodedPicture;
using ::onebyone::testing::LoadTinyModels;
using ::onebyone::testing::StatusIs;
using ::onebyone::testing::TinyServerOptions;
using ::onebyone::testing::WaitForWork;
using ::testing::HasSubstr;

class ServerLife : public ::testing::Test {
 protected:
  void Start(const ServerOptions& options) {
    ASSERT_OK_AND_ASSIGN(server_, Server::Start(options, LoadTinyModels()));
    health_ = grpc::health::v1::Health::NewStub(server_->InProcessChannel());
    stub_ = v1::FeatureExtraction::NewStub(server_->InProcessChannel());
  }

  grpc::Status Check(const std::string& service, HealthCheckResponse::ServingStatus* status) {
    grpc::ClientContext context;
    HealthCheckRequest request;
    request.set_service(service);
    HealthCheckResponse response;
    const grpc::Status outcome = health_->Check(&context, request, &response);
    *status = response.status();
    return outcome;
  }

  std::unique_ptr<Server> server_;
  std::unique_ptr<grpc::health::v1::Health::Stub> health_;
  std::unique_ptr<v1::FeatureExtraction::Stub> stub_;
};

TEST_F(ServerLife, HealthKnowsTheServerTheServiceAndEveryModel) {
  const ServerOptions options = TinyServerOptions({"broken", "good"});
  std::ofstream(options.models + "/aliases") << "stable good\n";
  Start(options);
  HealthCheckResponse::ServingStatus status = HealthCheckResponse::UNKNOWN;
  for (const char* name : {"", "onebyone.v1.FeatureExtraction", "good", "stable"}) {
    EXPECT_TRUE(Check(name, &status).ok()) << name;
    EXPECT_EQ(status, HealthCheckResponse::SERVING) << name;
  }
  EXPECT_TRUE(Check("broken", &status).ok());
  EXPECT_EQ(status, HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Check("unheard-of", &status).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServerLife, AWatcherIsToldOfTheDrainAndDoesNotHoldItUp) {
  Start(TinyServerOptions());
  grpc::ClientContext context;
  HealthCheckRequest request;
  request.set_service("tiny");
  const auto watch = health_->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  const absl::Time start = absl::Now();
  std::thread drain([this] { EXPECT_TRUE(server_->Drain()); });
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(watch->Read(&response)) << "the stream ends with the server";
  drain.join();
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
  EXPECT_FALSE(watch->Finish().ok());
}

TEST_F(ServerLife, AWatcherOfSomethingUnknownIsToldSo) {
  Start(TinyServerOptions());
  grpc::ClientContext context;
  HealthCheckRequest request;
  request.set_service("unheard-of");
  const auto watch = health_->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  context.TryCancel();
}

TEST_F(ServerLife, DrainingFinishesWhatWasAccepted) {
  ServerOptions options = TinyServerOptions();
  options.scheduler.lanes = 1;
  Start(options);
  v1::ExtractFeaturesRequest request;
  AddImages(20, EncodedPicture(1000, 1000, ".jpg"), request);
  grpc::Status status;
  v1::ExtractFeaturesResponse response;
  std::thread client([&] {
    grpc::ClientContext context;
    status = stub_->ExtractFeatures(&context, request, &response);
  });
  EXPECT_TRUE(WaitForWork(*server_));
  EXPECT_TRUE(server_->Drain());
  client.join();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.results_size(), 20);
  EXPECT_EQ(response.results(19).status().code(), 0);
}

TEST_F(ServerLife, DrainingFinishesWhatCameOverAUnixSocket) {
  for (const char* prefix : {"unix:", "unix://"}) {
    const std::string path = ::testing::TempDir() + "/onebyone_drain.socket";
    ServerOptions options = TinyServerOptions();
    options.listen.address = prefix + path;
    options.scheduler.lanes = 1;
    ASSERT_OK_AND_ASSIGN(server_, Server::Start(options, LoadTinyModels()));
    const auto stub =
        v1::FeatureExtraction::NewStub(grpc::CreateChannel("unix:" + path, grpc::InsecureChannelCredentials()));
    v1::ExtractFeaturesRequest request;
    AddImages(32, EncodedPicture(2000, 1500, ".jpg"), request);
    grpc::ClientContext context;
    v1::ExtractFeaturesResponse response;
    grpc::Status status;
    std::thread caller([&] { status = stub->ExtractFeatures(&context, request, &response); });
    ASSERT_TRUE(WaitForWork(*server_));
    EXPECT_TRUE(server_->Drain());
    caller.join();
    EXPECT_TRUE(status.ok()) << prefix << " " << status.error_message();
    EXPECT_EQ(response.results_size(), 32);
    server_.reset();
  }
}

TEST_F(ServerLife, DrainingRefusesNewRequestsWithUnavailable) {
  Start(TinyServerOptions());
  server_->scheduler().admission().StartDraining();
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content(EncodedPicture(10, 10));
  grpc::ClientContext context;
  v1::ExtractFeaturesResponse response;
  EXPECT_EQ(stub_->ExtractFeatures(&context, request, &response).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(context.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"), 1U);
}

TEST_F(ServerLife, WorkThatOutlastsTheDrainTimeoutIsCancelled) {
  ServerOptions options = TinyServerOptions();
  options.scheduler.lanes = 1;
  options.drain.timeout = absl::Milliseconds(1);
  Start(options);
  v1::ExtractFeaturesRequest request;
  AddImages(64, EncodedPicture(2000, 2000, ".jpg"), request);
  grpc::Status status;
  std::thread client([&] {
    grpc::ClientContext context;
    v1::ExtractFeaturesResponse response;
    status = stub_->ExtractFeatures(&context, request, &response);
  });
  EXPECT_TRUE(WaitForWork(*server_));
  EXPECT_FALSE(server_->Drain());
  client.join();
  EXPECT_FALSE(status.ok());
}

TEST_F(ServerLife, WritesItsPortOnceItServes) {
  ServerOptions options = TinyServerOptions();
  options.listen.port_file = ::testing::TempDir() + "port";
  Start(options);
  int port = 0;
  std::ifstream(options.listen.port_file) >> port;
  EXPECT_EQ(port, server_->port());
  EXPECT_GT(port, 0);
  EXPECT_EQ(server_->address(), "127.0.0.1:" + std::to_string(port));
}

TEST_F(ServerLife, TwoServersDoNotShareAPort) {
  Start(TinyServerOptions());
  ServerOptions options = TinyServerOptions();
  options.listen.address = server_->address();
  EXPECT_THAT(Server::Start(options, LoadTinyModels()).status(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(server_->address())));
}

TEST_F(ServerLife, AMessageOverTheLimitIsRefusedAndTheNextOneServed) {
  ServerOptions options = TinyServerOptions();
  options.limits.max_message_bytes = 100'000;
  Start(options);
  const auto stub =
      v1::FeatureExtraction::NewStub(grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content(std::string(100'001, 'x'));
  v1::ExtractFeaturesResponse response;
  grpc::ClientContext large;
  EXPECT_EQ(stub->ExtractFeatures(&large, request, &response).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  request.mutable_images(0)->set_content(EncodedPicture(10, 10));
  grpc::ClientContext small;
  EXPECT_TRUE(stub->ExtractFeatures(&small, request, &response).ok());
}

// In a process of its own: threads that gRPC has left behind here do not block the signal.
TEST(SignalsDeathTest, WaitReturnsTheFirstOne) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        Signals signals;
        kill(getpid(), SIGTERM);
        _exit(signals.Wait() == SIGTERM ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

// As of a library that begins threads before main().
TEST(SignalsDeathTest, TakeWhatReachesAThreadThatWasThereBefore) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        std::thread earlier([] {
          while (true) pause();
        });
        Signals signals;
        pthread_kill(earlier.native_handle(), SIGTERM);
        _exit(signals.Wait() == SIGTERM ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(SignalsDeathTest, TheSecondOneEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        Signals signals;
        kill(getpid(), SIGINT);
        signals.Wait();
        kill(getpid(), SIGTERM);
        pause();
      },
      ::testing::ExitedWithCode(128 + SIGTERM), "");
}

}  // namespace
}  // namespace onebyone
