// What comes in over the wire and is no request, or never becomes one.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "tests/server/service_fixture.h"
#include "tests/server/tiny_model.h"

namespace onebyone {
namespace {

using ::onebyone::testing::AddImages;
using ::onebyone::testing::EncodedPicture;
using ::onebyone::testing::Service;
using ::onebyone::testing::TinyServerOptions;
using ::onebyone::testing::WaitForWork;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;

bool HasRetryInfo(const google::rpc::Status& status) {
  for (const google::protobuf::Any& detail : status.details()) {
    if (detail.Is<google::rpc::RetryInfo>()) return true;
  }
  return false;
}

class Intake : public Service {
 protected:
  // What becomes of these messages, as bytes, on one call of StreamFeatures.
  struct Outcome {
    grpc::Status status;
    std::vector<v1::StreamFeaturesResponse> answers;
  };
  Outcome Stream(const std::vector<std::string>& messages) {
    class Reactor : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
     public:
      explicit Reactor(const std::vector<std::string>& messages) {
        for (const std::string& message : messages) {
          const grpc::Slice slice(message);
          messages_.emplace_back(&slice, 1);
        }
      }
      void Run() {
        StartRead(&answer_);
        OnWriteDone(true);
        StartCall();
      }
      void OnWriteDone(bool ok) override {
        if (!ok) return;
        if (next_ == messages_.size()) return StartWritesDone();
        StartWrite(&messages_[next_++]);
      }
      void OnReadDone(bool ok) override {
        if (!ok) return;
        grpc::Slice whole;
        EXPECT_TRUE(answer_.DumpToSingleSlice(&whole).ok());
        outcome_.answers.emplace_back();
        EXPECT_TRUE(outcome_.answers.back().ParseFromArray(whole.begin(), static_cast<int>(whole.size())));
        StartRead(&answer_);
      }
      void OnDone(const grpc::Status& status) override {
        outcome_.status = status;
        done_.set_value(outcome_);
      }
      Outcome Wait() { return done_.get_future().get(); }

     private:
      std::vector<grpc::ByteBuffer> messages_;
      size_t next_ = 0;
      grpc::ByteBuffer answer_;
      Outcome outcome_;
      std::promise<Outcome> done_;
    };
    grpc::GenericStub stub(server_->InProcessChannel());
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    Reactor reactor(messages);
    stub.PrepareBidiStreamingCall(&context, "/onebyone.v1.FeatureExtraction/StreamFeatures", {}, &reactor);
    reactor.Run();
    return reactor.Wait();
  }

  std::string Request(const std::string& id, int images = 1) {
    v1::StreamFeaturesRequest request;
    request.set_request_id(id);
    AddImages(images, picture_, *request.mutable_request());
    return request.SerializeAsString();
  }
};

TEST_F(Intake, AStreamEndsWithAnErrorWhereAMessageIsNoRequestAfterThoseBeforeItAreAnswered) {
  const Outcome outcome = Stream({Request("1"), Request("2"), "\xFF\xFF\xFF", Request("3")});
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(outcome.status.error_message(), HasSubstr("wire form"));
  ASSERT_EQ(outcome.answers.size(), 2U);
  for (const v1::StreamFeaturesResponse& answer : outcome.answers) EXPECT_EQ(answer.status().code(), 0);
}

TEST_F(Intake, AStreamGoesOnWhereARequestHoldsTooMuch) {
  const Outcome outcome = Stream({Request("1"), Request("large", 65), Request("3")});
  EXPECT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  ASSERT_EQ(outcome.answers.size(), 3U);
  for (const v1::StreamFeaturesResponse& answer : outcome.answers) {
    const bool is_large = answer.request_id() == "large";
    EXPECT_EQ(answer.status().code(), is_large ? grpc::StatusCode::INVALID_ARGUMENT : 0) << answer.request_id();
    EXPECT_EQ(answer.status().message(), is_large ? "images: wanted at most 64, got 65" : "");
  }
}

TEST_F(Intake, ARequestThatFindsNoRoomIsRefusedWhereAllStreamsTogetherHoldTooMuch) {
  ServerOptions options = TinyServerOptions();
  options.limits.max_images = 8;
  options.limits.max_message_bytes = 4 << 20;
  options.limits.max_answer_bytes = 1 << 20;
  options.scheduler.max_queued_bytes = 6 << 20;  // streams may hold a quarter of it
  options.scheduler.max_queued_images = 8;
  options.scheduler.lanes = 1;
  Start(options);
  const std::string large = EncodedPicture(2500, 2500, ".jpg");
  constexpr int kStreams = 6;
  const std::string padding(600 << 10, 'x');
  std::vector<std::thread> clients;
  std::atomic<int> refused = 0;
  std::atomic<int> answered = 0;
  for (int i = 0; i < kStreams; ++i) {
    clients.emplace_back([&] {
      grpc::ClientContext context;
      const auto stream = stub_->StreamFeatures(&context);
      v1::StreamFeaturesRequest request;
      AddImages(2, large, *request.mutable_request());
      request.mutable_request()->mutable_images(0)->set_id(padding);
      for (int k = 0; k < 2; ++k) ASSERT_TRUE(stream->Write(request));
      stream->WritesDone();
      v1::StreamFeaturesResponse response;
      while (stream->Read(&response)) {
        ++answered;
        if (response.status().code() == 0) continue;
        EXPECT_EQ(response.status().code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << response.status().message();
        EXPECT_TRUE(HasRetryInfo(response.status()));
        ++refused;
      }
      EXPECT_TRUE(stream->Finish().ok());
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 2 * kStreams);
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 2 * kStreams);
}

TEST_F(Intake, ADrainEndsAStreamWithItsPushbackOnceItsRequestsAreAnswered) {
  ServerOptions options = TinyServerOptions();
  options.scheduler.lanes = 1;
  Start(options);
  grpc::ClientContext context;
  const auto stream = stub_->StreamFeatures(&context);
  v1::StreamFeaturesRequest request;
  request.set_request_id("accepted");
  AddImages(20, EncodedPicture(1500, 1500, ".jpg"), *request.mutable_request());
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(WaitForWork(*server_));
  std::thread drain([this] { EXPECT_TRUE(server_->Drain()); });
  std::thread writer([&] {
    request.set_request_id("late");
    while (stream->Write(request)) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  });
  bool was_answered = false;
  v1::StreamFeaturesResponse response;
  while (stream->Read(&response)) {
    if (response.request_id() == "accepted") was_answered = response.status().code() == 0;
    EXPECT_THAT(response.status().code(), AnyOf(0, grpc::StatusCode::UNAVAILABLE));
  }
  writer.join();
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(was_answered);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
  EXPECT_EQ(context.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"), 1U);
  drain.join();
}

TEST_F(Intake, ADrainEndsAStreamThatRests) {
  Start(TinyServerOptions());
  grpc::ClientContext context;
  const auto stream = stub_->StreamFeatures(&context);
  v1::StreamFeaturesRequest request;
  AddImages(1, picture_, *request.mutable_request());
  ASSERT_TRUE(stream->Write(request));
  v1::StreamFeaturesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  std::thread drain([this] { EXPECT_TRUE(server_->Drain()); });
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  drain.join();
}

TEST_F(Intake, AUnaryCallWithoutAMessageIsRefused) {
  grpc::GenericStub stub(server_->InProcessChannel());
  class Reactor : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    void OnDone(const grpc::Status& status) override { done.set_value(status); }
    std::promise<grpc::Status> done;
  };
  grpc::ClientContext context;
  Reactor reactor;
  stub.PrepareBidiStreamingCall(&context, "/onebyone.v1.FeatureExtraction/GetModel", {}, &reactor);
  reactor.StartWritesDone();
  reactor.StartCall();
  EXPECT_EQ(reactor.done.get_future().get().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace onebyone
