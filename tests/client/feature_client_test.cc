#include "client/feature_client.h"

#include <gmock/gmock.h>

#include <optional>
#include <thread>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "tests/client/fake_server.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::BadRequestStatus;
using ::onebyone::testing::FakeServer;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::KnownMap;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::SizeIs;

v1::ExtractFeaturesRequest RequestFor(const std::string& image) {
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content(image);
  request.add_features()->set_layer("layer");
  return request;
}

class FeatureClientTest : public ::testing::Test {
 protected:
  std::unique_ptr<FeatureClient> Connect(ClientOptions options = {}) {
    options.target = server_.target();
    options.retry.initial_backoff = absl::Milliseconds(1);
    options.retry.max_backoff = absl::Milliseconds(20);
    auto client = FeatureClient::Create(options);
    EXPECT_THAT(client, IsOk());
    return *std::move(client);
  }

  FakeServer server_;
};

TEST_F(FeatureClientTest, ReturnsTheMapsOfTheServer) {
  const auto response = Connect()->ExtractFeatures(RequestFor("a"));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->model(), "fake");
  EXPECT_EQ(response->results(0).features(0).content(), KnownMap(RequestFor("a").features(0), 0, "a").content());
}

class RetriedCode : public FeatureClientTest, public ::testing::WithParamInterface<grpc::StatusCode> {};

// An image of a megabyte, as photographs are: it does not fit into gRPC's usual retry buffer.
TEST_P(RetriedCode, IsTriedAgainUntilItSucceeds) {
  server_.features().before = [](auto&, const auto&, int call) {
    return call <= 2 ? grpc::Status(GetParam(), "not now") : grpc::Status::OK;
  };
  const std::string photograph(1 << 20, 'p');
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor(photograph)), IsOk());
  EXPECT_THAT(server_.features().Requests(), SizeIs(3));
  EXPECT_EQ(server_.features().Requests().back().images(0).content(), photograph);
}

TEST_P(RetriedCode, ComesBackAfterFourAttempts) {
  server_.features().before = [](auto&, const auto&, int) { return grpc::Status(GetParam(), "never"); };
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a")),
              StatusIs(static_cast<absl::StatusCode>(GetParam()), HasSubstr("never")));
  EXPECT_THAT(server_.features().Requests(), SizeIs(4));
}

INSTANTIATE_TEST_SUITE_P(All, RetriedCode,
                         ::testing::Values(grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::RESOURCE_EXHAUSTED));

TEST_F(FeatureClientTest, DoesNotRetryWhatIsWrong) {
  server_.features().before = [](auto&, const auto&, int) {
    return BadRequestStatus("request is wrong", "features[0].layer", "want a layer of the model, got 'x'");
  };
  EXPECT_THAT(
      Connect()->ExtractFeatures(RequestFor("a")),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("features[0].layer: want a layer of the model, got 'x'")));
  EXPECT_THAT(server_.features().Requests(), SizeIs(1));
}

TEST_F(FeatureClientTest, DoesNotRetryWhereItMustNot) {
  server_.features().before = [](auto&, const auto&, int) { return grpc::Status(grpc::StatusCode::UNAVAILABLE, ""); };
  ClientOptions options;
  options.retry.max_attempts = 1;
  EXPECT_THAT(Connect(options)->ExtractFeatures(RequestFor("a")), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(server_.features().Requests(), SizeIs(1));
}

TEST_F(FeatureClientTest, ObeysTheServersWishNotToBeAskedAgain) {
  server_.features().before = [](grpc::ServerContext& context, const auto&, int) {
    context.AddTrailingMetadata("grpc-retry-pushback-ms", "-1");
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "full");
  };
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a")), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(server_.features().Requests(), SizeIs(1));
}

TEST_F(FeatureClientTest, WaitsAsLongAsTheServerWishes) {
  std::vector<absl::Time> begins;
  server_.features().before = [&begins](grpc::ServerContext& context, const auto&, int call) {
    begins.push_back(absl::Now());
    if (call > 1) return grpc::Status::OK;
    context.AddTrailingMetadata("grpc-retry-pushback-ms", "300");
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "full");
  };
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a")), IsOk());
  ASSERT_THAT(begins, SizeIs(2));
  EXPECT_GE(begins[1] - begins[0], absl::Milliseconds(299));
  EXPECT_LT(begins[1] - begins[0], absl::Seconds(5));
}

TEST_F(FeatureClientTest, KeepsTheDeadlineWhateverTheServerWishes) {
  server_.features().before = [](grpc::ServerContext& context, const auto&, int) {
    context.AddTrailingMetadata("grpc-retry-pushback-ms", "60000");
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "full");
  };
  const absl::Time start = absl::Now();
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a"), {.deadline = absl::Milliseconds(200)}),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
  EXPECT_THAT(server_.features().Requests(), SizeIs(1));
}

grpc::Status WaitForTheClientToLeave(grpc::ServerContext& context, const v1::ExtractFeaturesRequest&, int) {
  while (!context.IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
  return grpc::Status::CANCELLED;
}

TEST_F(FeatureClientTest, EndsACallAtItsDeadline) {
  server_.features().before = WaitForTheClientToLeave;
  const absl::Time start = absl::Now();
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a"), {.deadline = absl::Milliseconds(50)}),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST_F(FeatureClientTest, TakesTheDeadlineOfItsOptions) {
  server_.features().before = WaitForTheClientToLeave;
  EXPECT_THAT(Connect({.target = "", .deadline = absl::Milliseconds(50)})->ExtractFeatures(RequestFor("a")),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(FeatureClientTest, EndsCallsUnderWayWhenCancelled) {
  Cancellation cancellation;
  server_.features().before = [&cancellation](grpc::ServerContext& context, const auto& request, int call) {
    cancellation.Cancel();
    return WaitForTheClientToLeave(context, request, call);
  };
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a"), {.cancellation = &cancellation}),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(FeatureClientTest, BeginsNoCallAfterCancellation) {
  Cancellation cancellation;
  cancellation.Cancel();
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a"), {.cancellation = &cancellation}),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(server_.features().Requests(), SizeIs(0));
}

TEST_F(FeatureClientTest, AnswersAsynchronously) {
  absl::Notification answered;
  absl::StatusOr<v1::ExtractFeaturesResponse> answer = absl::UnknownError("no answer");
  auto cancellation = std::make_unique<Cancellation>();
  const auto client = Connect();
  client->ExtractFeaturesAsync(RequestFor("a"),
                               [&](absl::StatusOr<v1::ExtractFeaturesResponse> response) {
                                 cancellation.reset();  // borrowed until here, no longer
                                 answer = std::move(response);
                                 answered.Notify();
                               },
                               {.cancellation = cancellation.get()});
  answered.WaitForNotification();
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->results_size(), 1);
}

// gRPC 1.51 aborts where one of its own threads is the last to hold a channel; a hundred ends, to meet the moment.
TEST_F(FeatureClientTest, AnswersEveryAsynchronousCallBeforeItsEnd) {
  for (int i = 0; i < 100; ++i) {
    int answers = 0;
    Connect()->ExtractFeaturesAsync(RequestFor("a"), [&answers](const auto&) { ++answers; });
    ASSERT_EQ(answers, 1);
  }
}

TEST_F(FeatureClientTest, CancelsAsynchronousCallsAtItsEnd) {
  server_.features().before = WaitForTheClientToLeave;
  absl::Status outcome;
  Connect()->ExtractFeaturesAsync(RequestFor("a"), [&outcome](const auto& response) { outcome = response.status(); });
  EXPECT_THAT(outcome, StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(FeatureClientTest, CancelsAsynchronousCalls) {
  server_.features().before = WaitForTheClientToLeave;
  Cancellation cancellation;
  absl::Notification answered;
  absl::Status outcome;
  const auto client = Connect();
  client->ExtractFeaturesAsync(RequestFor("a"),
                               [&](absl::StatusOr<v1::ExtractFeaturesResponse> response) {
                                 outcome = response.status();
                                 answered.Notify();
                               },
                               {.cancellation = &cancellation});
  cancellation.Cancel();
  answered.WaitForNotification();
  EXPECT_THAT(outcome, StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(FeatureClientTest, ServesManyThreads) {
  const auto client = Connect();
  std::vector<absl::Status> outcomes(16);
  std::vector<std::thread> threads;
  for (absl::Status& outcome : outcomes) {
    threads.emplace_back([&client, &outcome] { outcome = client->ExtractFeatures(RequestFor("a")).status(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(outcomes, Each(IsOk()));
}

TEST_F(FeatureClientTest, RefusesAnAnswerWithAnotherNumberOfResults) {
  server_.features().after = [](v1::ExtractFeaturesResponse& response) { response.add_results(); };
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a")),
              StatusIs(absl::StatusCode::kInternal, AllOf(HasSubstr("want 1 results"), HasSubstr("got 2"))));
}

TEST_F(FeatureClientTest, RefusesAnAnswerWithAnotherNumberOfMaps) {
  server_.features().after = [](v1::ExtractFeaturesResponse& response) {
    response.mutable_results(0)->clear_features();
  };
  EXPECT_THAT(Connect()->ExtractFeatures(RequestFor("a")),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("want 1 feature maps, got 0")));
}

TEST_F(FeatureClientTest, TellsHealth) {
  using grpc::health::v1::HealthCheckResponse;
  EXPECT_THAT(Connect()->Health(), IsOkAndHolds(HealthCheckResponse::SERVING));
  server_.health().status = HealthCheckResponse::NOT_SERVING;
  EXPECT_THAT(Connect()->Health("known"), IsOkAndHolds(HealthCheckResponse::NOT_SERVING));
  EXPECT_THAT(Connect()->Health("other"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(FeatureClientTest, TellsModels) {
  server_.features().models.add_models()->set_name("small");
  server_.features().model_by_name["small"].set_sha256("abc");
  const auto models = Connect()->ListModels();
  ASSERT_THAT(models, IsOk());
  EXPECT_EQ(models->models(0).name(), "small");
  v1::GetModelRequest request;
  request.set_model("small");
  const auto model = Connect()->GetModel(request);
  ASSERT_THAT(model, IsOk());
  EXPECT_EQ(model->sha256(), "abc");
}

TEST(FeatureClient, TellsThatNobodyListens) {
  std::string target;
  {
    const FakeServer gone;
    target = gone.target();
  }
  const auto client = FeatureClient::Create({.target = target, .retry = {.max_attempts = 1}});
  ASSERT_THAT(client, IsOk());
  EXPECT_THAT((*client)->ListModels(), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace onebyone
