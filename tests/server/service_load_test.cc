// The service when there is much to work, and when clients go away.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/service_fixture.h"
#include "tests/server/tiny_model.h"

namespace onebyone {
namespace {

using ::onebyone::testing::AddImages;
using ::onebyone::testing::EncodedPicture;
using ::onebyone::testing::Service;
using ::onebyone::testing::TinyServerOptions;
using ::onebyone::testing::WaitForWork;

TEST_F(Service, AFullQueueSaysWhenToTryAgain) {
  ServerOptions options = TinyServerOptions();
  options.limits.max_images = 4;
  options.scheduler.max_queued_images = 4;
  options.scheduler.lanes = 1;
  Start(options);
  v1::ExtractFeaturesRequest request;
  AddImages(4, EncodedPicture(3000, 2000, ".jpg"), request);
  std::vector<std::future<grpc::Status>> calls;
  std::atomic<int> pushbacks{0};
  for (int i = 0; i < 8; ++i) {
    calls.push_back(std::async(std::launch::async, [&] {
      grpc::ClientContext context;
      v1::ExtractFeaturesResponse response;
      const grpc::Status status = stub_->ExtractFeatures(&context, request, &response);
      const auto& trailers = context.GetServerTrailingMetadata();
      if (trailers.find("grpc-retry-pushback-ms") != trailers.end()) ++pushbacks;
      return status;
    }));
  }
  int refused = 0;
  for (auto& call : calls) {
    const grpc::Status status = call.get();
    if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) ++refused;
    EXPECT_TRUE(status.ok() || status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  }
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 8);
  EXPECT_EQ(pushbacks, refused);
  EXPECT_EQ(server_->scheduler().admission().waiting_images(), 0);
}

TEST_F(Service, AClientThatGoesAwayTakesItsWorkWithIt) {
  ServerOptions options = TinyServerOptions();
  options.scheduler.lanes = 1;
  Start(options);
  v1::ExtractFeaturesRequest request;
  AddImages(64, EncodedPicture(2000, 2000, ".jpg"), request);
  grpc::ClientContext context;
  v1::ExtractFeaturesResponse response;
  auto call = std::async(std::launch::async, [&] { return stub_->ExtractFeatures(&context, request, &response); });
  EXPECT_TRUE(WaitForWork(*server_));
  context.TryCancel();
  EXPECT_EQ(call.get().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(server_->scheduler().admission().WaitUntilEmpty(absl::Seconds(60)));
  EXPECT_EQ(server_->scheduler().admission().waiting_images(), 0);
  EXPECT_EQ(server_->scheduler().admission().bytes(), 0);
}

TEST_F(Service, AStreamAnswersEveryRequestByItsId) {
  grpc::ClientContext context;
  auto stream = stub_->StreamFeatures(&context);
  constexpr int kRequests = 40;  // more than are in work at once
  std::thread writer([&] {
    for (int i = 0; i < kRequests; ++i) {
      v1::StreamFeaturesRequest request;
      request.set_request_id(std::to_string(i));
      if (i % 10 != 3) request.mutable_request()->add_images()->set_content(picture_);  // others have no image
      ASSERT_TRUE(stream->Write(request));
    }
    stream->WritesDone();
  });
  std::vector<int> answers(kRequests, 0);
  v1::StreamFeaturesResponse response;
  while (stream->Read(&response)) {
    const int id = std::stoi(response.request_id());
    ++answers[id];
    EXPECT_EQ(response.status().code(), id % 10 == 3 ? grpc::StatusCode::INVALID_ARGUMENT : 0) << id;
    EXPECT_EQ(response.response().results_size(), id % 10 == 3 ? 0 : 1);
  }
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_THAT(answers, ::testing::Each(1));
  EXPECT_TRUE(server_->scheduler().admission().WaitUntilEmpty(absl::Seconds(60)));
}

TEST_F(Service, AStreamIsHeldBackWhereTheQueueIsFullAndNeverRefused) {
  ServerOptions options = TinyServerOptions();
  options.limits.max_images = 4;
  options.scheduler.max_queued_images = 4;
  options.scheduler.lanes = 1;
  Start(options);
  grpc::ClientContext context;
  auto stream = stub_->StreamFeatures(&context);
  constexpr int kRequests = 30;
  std::thread writer([&] {
    v1::StreamFeaturesRequest request;
    AddImages(3, picture_, *request.mutable_request());
    request.mutable_request()->set_priority(v1::BULK);
    for (int i = 0; i < kRequests; ++i) ASSERT_TRUE(stream->Write(request));
    stream->WritesDone();
  });
  int answers = 0;
  v1::StreamFeaturesResponse response;
  while (stream->Read(&response)) {
    ++answers;
    EXPECT_EQ(response.status().code(), 0) << response.status().message();
    EXPECT_EQ(response.response().results_size(), 3);
  }
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(answers, kRequests);
}

TEST_F(Service, AStreamThatBreaksLeavesNothingBehind) {
  {
    grpc::ClientContext context;
    auto stream = stub_->StreamFeatures(&context);
    v1::StreamFeaturesRequest request;
    AddImages(20, EncodedPicture(1500, 1500, ".jpg"), *request.mutable_request());
    for (int i = 0; i < 5; ++i) stream->Write(request);
    v1::StreamFeaturesResponse response;
    ASSERT_TRUE(stream->Read(&response));
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_TRUE(server_->scheduler().admission().WaitUntilEmpty(absl::Seconds(60)));
  EXPECT_EQ(server_->scheduler().admission().bytes(), 0);
}

}  // namespace
}  // namespace onebyone
