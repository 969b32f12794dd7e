#include "client/image_batches.h"

#include <gmock/gmock.h>

#include <atomic>
#include <numeric>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/client/fake_server.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::BadRequestStatus;
using ::onebyone::testing::FakeServer;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::KnownMap;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

// Each begins with a byte of its own, by which the fake's answers differ.
std::vector<std::string> Images(int number, size_t bytes = 1) {
  std::vector<std::string> images;
  for (int i = 0; i < number; ++i) images.emplace_back(bytes, static_cast<char>(i % 200 + 1));
  return images;
}

class ImageBatchesTest : public ::testing::Test {
 protected:
  ImageBatchesTest() { options_.request.add_features()->set_layer("layer"); }

  const FeatureClient& Client(ClientOptions options = {}) {
    options.target = server_.target();
    options.retry = {.max_attempts = 1};
    auto client = FeatureClient::Create(options);
    EXPECT_THAT(client, IsOk());
    client_ = *std::move(client);
    return *client_;
  }

  // What each request had, in the order of arrival.
  std::vector<int> Sizes() const {
    std::vector<int> sizes;
    for (const auto& request : server_.features().Requests()) sizes.push_back(request.images_size());
    return sizes;
  }

  void ExpectRightAnswers(const std::vector<std::string>& images, const ImageResults& results) {
    ASSERT_EQ(results.size(), images.size());
    for (size_t i = 0; i < images.size(); ++i) {
      ASSERT_THAT(results[i], IsOk()) << i;
      EXPECT_EQ(results[i]->features(0).content(), KnownMap(options_.request.features(0), 0, images[i]).content()) << i;
    }
  }

  mutable FakeServer server_;
  BatchOptions options_;
  std::unique_ptr<FeatureClient> client_;
};

TEST_F(ImageBatchesTest, AnswersInTheOrderOfTheImages) {
  server_.features().before = [](auto&, const auto&, int call) {
    absl::SleepFor(absl::Milliseconds(call % 3 * 5));  // out of order
    return grpc::Status::OK;
  };
  options_.images_per_request = 3;
  const std::vector<std::string> images = Images(100);
  ExpectRightAnswers(images, ExtractImages(Client(), images, options_));
  EXPECT_THAT(Sizes(), AllOf(SizeIs(34), Each(Le(3))));
}

TEST_F(ImageBatchesTest, KeepsToTheBytesOfARequest) {
  options_.bytes_per_request = 1000;
  options_.requests_in_flight = 1;
  std::vector<std::string> images = Images(6, 400);
  images[2] = std::string(5000, 'x');
  ExpectRightAnswers(images, ExtractImages(Client(), images, options_));
  EXPECT_THAT(Sizes(), ElementsAre(2, 1, 2, 1));
}

TEST_F(ImageBatchesTest, HasSoManyRequestsUnderWay) {
  std::atomic<int> under_way = 0;
  std::atomic<int> most = 0;
  server_.features().before = [&](auto&, const auto&, int) {
    const int now = ++under_way;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    absl::SleepFor(absl::Milliseconds(20));
    --under_way;
    return grpc::Status::OK;
  };
  options_.images_per_request = 1;
  options_.requests_in_flight = 3;
  ExtractImages(Client(), Images(30), options_);
  EXPECT_EQ(most, 3);
}

TEST_F(ImageBatchesTest, LetsABrokenImageFailAlone) {
  std::vector<std::string> images = Images(10);
  images[4] = "broken";
  const ImageResults results = ExtractImages(Client(), images, options_);
  ASSERT_THAT(results, SizeIs(10));
  for (size_t i = 0; i < 10; ++i) {
    if (i == 4) {
      EXPECT_THAT(results[i], StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want JPEG, got rubbish")));
    } else {
      EXPECT_THAT(results[i], IsOk()) << i;
    }
  }
}

class Refused : public ImageBatchesTest, public ::testing::WithParamInterface<grpc::StatusCode> {
 protected:
  // A server that takes three images at the most.
  static grpc::Status Refuse() {
    if (GetParam() == grpc::StatusCode::INVALID_ARGUMENT) {
      return BadRequestStatus("images: wanted 1 to 3", "images", "wanted 1 to 3, got more");
    }
    return {GetParam(), "too much"};
  }
};

TEST_P(Refused, RequestsAreHalvedAndLaterOnesAreSmallerAtOnce) {
  server_.features().before = [](auto&, const auto& request, int) {
    return request.images_size() > 3 ? Refuse() : grpc::Status::OK;
  };
  options_.requests_in_flight = 1;
  const std::vector<std::string> images = Images(24);
  ExpectRightAnswers(images, ExtractImages(Client(), images, options_));
  // 8 and 4 are refused, once each; from then on there are two at a time.
  EXPECT_THAT(Sizes(), ElementsAre(8, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2));
}

INSTANTIATE_TEST_SUITE_P(Codes, Refused,
                         ::testing::Values(grpc::StatusCode::RESOURCE_EXHAUSTED, grpc::StatusCode::INVALID_ARGUMENT));

// gRPC itself refuses to send more than the client's own limit, as a server's gRPC refuses to take more than its.
TEST_F(ImageBatchesTest, FindsTheSizeOfMessagesThatPass) {
  const std::vector<std::string> images = Images(20, 100'000);
  ExpectRightAnswers(images, ExtractImages(Client({.max_send_bytes = 350'000}), images, options_));
  EXPECT_THAT(Sizes(), Each(Le(3)));
}

TEST_F(ImageBatchesTest, LetsAnImageThatIsTooLargeFailAlone) {
  std::vector<std::string> images = Images(8, 1000);
  images[3] = std::string(400'000, 'x');
  const ImageResults results = ExtractImages(Client({.max_send_bytes = 350'000}), images, options_);
  for (size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(results[i].status().code(), i == 3 ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kOk) << i;
  }
}

// A server that is too busy is not one that takes no such requests.
TEST_F(ImageBatchesTest, HalvesForLoadThisOnce) {
  server_.features().before = [](grpc::ServerContext& context, const auto&, int call) {
    if (call > 1) return grpc::Status::OK;
    context.AddTrailingMetadata("grpc-retry-pushback-ms", "1");
    google::rpc::Status status;
    status.set_code(grpc::StatusCode::RESOURCE_EXHAUSTED);
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_nanos(1'000'000);
    status.add_details()->PackFrom(retry);
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "busy", status.SerializeAsString());
  };
  options_.requests_in_flight = 1;
  const std::vector<std::string> images = Images(24);
  ExpectRightAnswers(images, ExtractImages(Client(), images, options_));
  EXPECT_THAT(Sizes(), ElementsAre(8, 4, 4, 8, 8));
}

TEST_F(ImageBatchesTest, StopsAtWhatIsWrongForAll) {
  server_.features().before = [](auto&, const auto&, int) {
    return BadRequestStatus("wrong", "features[0].layer", "no such layer");
  };
  options_.requests_in_flight = 1;
  ImageBatches batches(Client(), options_);
  const ImageResults results = batches.Extract(Images(20));
  EXPECT_THAT(Sizes(), ElementsAre(8));
  for (size_t i = 0; i < 20; ++i) {
    EXPECT_THAT(results[i], StatusIs(i < 8 ? absl::StatusCode::kInvalidArgument : absl::StatusCode::kAborted,
                                     HasSubstr("no such layer")));
  }
  EXPECT_THAT(batches.stopped_by(), StatusIs(absl::StatusCode::kInvalidArgument));
  // And the next list of the run is not asked at all.
  EXPECT_THAT(batches.Extract(Images(3)), Each(StatusIs(absl::StatusCode::kAborted)));
  EXPECT_THAT(Sizes(), SizeIs(1));
}

TEST_F(ImageBatchesTest, StopsAfterEightFailuresInARow) {
  server_.features().before = [](auto&, const auto&, int call) {
    return call == 5 ? grpc::Status::OK : grpc::Status(grpc::StatusCode::INTERNAL, "oh");
  };
  options_.images_per_request = 1;
  options_.requests_in_flight = 1;
  const ImageResults results = ExtractImages(Client(), Images(40), options_);
  EXPECT_THAT(Sizes(), SizeIs(13));  // four, the one that passed, eight
  EXPECT_THAT(results[4], IsOk());
  EXPECT_THAT(results[39], StatusIs(absl::StatusCode::kAborted));
}

TEST_F(ImageBatchesTest, AnswersAnEmptyListAtOnce) {
  EXPECT_THAT(ExtractImages(Client(), {}, options_), IsEmpty());
  EXPECT_THAT(Sizes(), IsEmpty());
}

TEST_F(ImageBatchesTest, AnswersAsynchronously) {
  const std::vector<std::string> images = Images(50);
  ImageResults results;
  absl::Notification answered;
  ExtractImagesAsync(Client(), images, options_, [&](ImageResults all) {
    results = std::move(all);
    answered.Notify();
  });
  answered.WaitForNotification();
  ExpectRightAnswers(images, results);
}

TEST_F(ImageBatchesTest, EndsWhenCancelled) {
  Cancellation cancellation;
  server_.features().before = [&cancellation](grpc::ServerContext& context, const auto&, int) {
    cancellation.Cancel();
    while (!context.IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
    return grpc::Status::CANCELLED;
  };
  options_.requests_in_flight = 1;
  EXPECT_THAT(ExtractImages(Client(), Images(100), options_, {.cancellation = &cancellation}),
              AllOf(SizeIs(100), Each(StatusIs(absl::StatusCode::kCancelled))));
  EXPECT_THAT(Sizes(), SizeIs(1));
}

TEST_F(ImageBatchesTest, EndsWithTheClient) {
  server_.features().before = [](grpc::ServerContext& context, const auto&, int) {
    while (!context.IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
    return grpc::Status::CANCELLED;
  };
  ImageResults results;
  ExtractImagesAsync(Client(), Images(100), options_, [&](ImageResults all) { results = std::move(all); });
  client_.reset();
  EXPECT_THAT(results, AllOf(SizeIs(100), Each(StatusIs(absl::StatusCode::kCancelled))));
}

TEST_F(ImageBatchesTest, WorksWithHedges) {
  server_.features().before = [](auto&, const auto&, int call) {
    absl::SleepFor(absl::Milliseconds(call % 5 == 0 ? 50 : 0));
    return grpc::Status::OK;
  };
  const std::vector<std::string> images = Images(100);
  options_.images_per_request = 2;
  ExpectRightAnswers(
      images, ExtractImages(Client({.hedge = {.delay = absl::Milliseconds(10), .budget = 1}}), images, options_));
  EXPECT_GE(client_->hedge_counts().hedged, 1);
}

}  // namespace
}  // namespace onebyone
