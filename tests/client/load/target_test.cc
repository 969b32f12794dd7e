#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "client/load/target/feature_messages.h"
#include "client/load/target/infer_messages.h"
#include "client/load/target/kserve_model.h"
#include "client/load/target/load_channel.h"
#include "client/load/target/stream_target.h"
#include "client/load/target/unary_target.h"
#include "client/load/work/synthetic_jpeg.h"
#include "client/render/rgb_pixels.h"
#include "tests/client/fake_server.h"
#include "tests/client/load/fake_infer_service.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::FakeInferServer;
using ::onebyone::testing::FakeServer;
using ::onebyone::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

LoadPictures Pictures(const std::vector<std::string>& contents) {
  LoadPictures set;
  for (const std::string& content : contents) set.pictures.push_back({content, content, 1});
  return set;
}

v1::ExtractFeaturesRequest Question() {
  v1::ExtractFeaturesRequest question;
  question.set_model("m");
  question.add_features()->set_layer("a");
  question.add_features()->set_layer("b");
  question.set_priority(v1::BULK);
  return question;
}

PlannedCall CallOf(std::initializer_list<int32_t> pictures) {
  PlannedCall call;
  call.pictures.assign(pictures.begin(), pictures.end());
  return call;
}

CallOutcome Ask(LoadTarget& target, const PlannedCall& call, int64_t* bytes_out = nullptr) {
  CallOutcome outcome;
  absl::Notification answered;
  const int64_t bytes = target.Start(call, [&](CallOutcome ended) {
    outcome = std::move(ended);
    answered.Notify();
  });
  if (bytes_out != nullptr) *bytes_out = bytes;
  while (!answered.WaitForNotificationWithTimeout(absl::Milliseconds(20))) target.ExpireOverdue();
  return outcome;
}

LoadChannels ChannelsTo(const std::string& target, int connections = 1) {
  ClientOptions options = {.target = target};
  options.retry.max_attempts = 1;
  return *MakeLoadChannels(options, connections);
}

class FeatureTargets : public ::testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<LoadTarget> Target(const LoadPictures& pictures, AnswerDepth depth = AnswerDepth::kTimes,
                                     absl::Duration deadline = absl::Seconds(20)) {
    auto messages = std::make_shared<FeatureMessages>(Question(), pictures, depth);
    const LoadChannels channels = ChannelsTo(server_.target(), 2);
    if (GetParam()) return std::make_unique<StreamTarget>(channels, messages, deadline);
    return std::make_unique<UnaryTarget>(channels, messages, deadline);
  }
  FakeServer server_;
};
INSTANTIATE_TEST_SUITE_P(UnaryAndStream, FeatureTargets, ::testing::Bool(),
                         [](const auto& of) { return of.param ? "Stream" : "Unary"; });

TEST_P(FeatureTargets, SendTheQuestionWithThePicturesOfTheCall) {
  const auto target = Target(Pictures({"one", "two", "three"}));
  int64_t bytes_out = 0;
  const CallOutcome outcome = Ask(*target, CallOf({2, 0}), &bytes_out);
  EXPECT_EQ(outcome.code, 0) << outcome.message;
  const auto requests = server_.features().Requests();
  ASSERT_THAT(requests, SizeIs(1));
  v1::ExtractFeaturesRequest wanted = Question();
  wanted.add_images()->set_content("three");
  wanted.add_images()->set_content("one");
  EXPECT_EQ(requests[0].SerializeAsString(), wanted.SerializeAsString());
  EXPECT_GE(bytes_out, static_cast<int64_t>(wanted.ByteSizeLong()));
  EXPECT_GT(outcome.bytes_in, 100);
}

TEST_P(FeatureTargets, TellTheServersTimes) {
  server_.features().after = [](v1::ExtractFeaturesResponse& response) {
    response.mutable_timing()->set_queue_us(11);
    response.mutable_timing()->set_network_us(44);
    response.mutable_timing()->set_total_us(77);
  };
  const auto target = Target(Pictures({"one"}));
  const CallOutcome outcome = Ask(*target, CallOf({0}));
  ASSERT_TRUE(outcome.stages_us.has_value());
  EXPECT_THAT(*outcome.stages_us, ElementsAre(11, 0, 0, 44, 0, 0, 77));
  EXPECT_THAT(outcome.checksums, SizeIs(0));
}

TEST_P(FeatureTargets, FailACallOfWhichOnePictureFailed) {
  const auto target = Target(Pictures({"one", "broken"}));
  const CallOutcome outcome = Ask(*target, CallOf({0, 1}));
  EXPECT_EQ(outcome.code, grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(outcome.message, HasSubstr("rubbish"));
}

TEST_P(FeatureTargets, TakeChecksumsOfEachPictureAndLayer) {
  const auto target = Target(Pictures({"one", "two"}), AnswerDepth::kChecksums);
  const CallOutcome first = Ask(*target, CallOf({0, 1}));
  ASSERT_THAT(first.checksums, SizeIs(4));
  EXPECT_EQ(first.checksums[1].output, "b");
  EXPECT_EQ(first.checksums[2].picture, 1);
  EXPECT_NE(first.checksums[0].checksum, first.checksums[2].checksum);
  const CallOutcome again = Ask(*target, CallOf({1, 0}));
  EXPECT_EQ(again.checksums[0].checksum, first.checksums[2].checksum);
}

TEST_P(FeatureTargets, RefuseAnAnswerWithAnotherNumberOfPictures) {
  server_.features().after = [](v1::ExtractFeaturesResponse& response) { response.clear_results(); };
  const auto target = Target(Pictures({"one"}));
  const CallOutcome outcome = Ask(*target, CallOf({0}));
  EXPECT_EQ(outcome.code, grpc::StatusCode::INTERNAL);
  EXPECT_THAT(outcome.message, HasSubstr("want 1 results, got 0"));
}

TEST_P(FeatureTargets, EndCallsAtTheirDeadline) {
  server_.features().before = [](grpc::ServerContext&, const v1::ExtractFeaturesRequest&, int) {
    absl::SleepFor(absl::Milliseconds(600));
    return grpc::Status::OK;
  };
  const auto target = Target(Pictures({"one"}), AnswerDepth::kTimes, absl::Milliseconds(100));
  EXPECT_EQ(Ask(*target, CallOf({0})).code, grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_P(FeatureTargets, GoOnAfterCancelAll) {
  absl::Notification asked;
  server_.features().before = [&asked](grpc::ServerContext& context, const v1::ExtractFeaturesRequest&, int call) {
    if (call > 1) return grpc::Status::OK;
    asked.Notify();
    while (!context.IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
    return grpc::Status::CANCELLED;
  };
  const auto target = Target(Pictures({"one"}));
  CallOutcome outcome;
  absl::Notification ended;
  target->Start(CallOf({0}), [&](CallOutcome of) {
    outcome = std::move(of);
    ended.Notify();
  });
  asked.WaitForNotification();
  target->CancelAll();
  ended.WaitForNotification();
  EXPECT_EQ(outcome.code, grpc::StatusCode::CANCELLED);
  EXPECT_EQ(Ask(*target, CallOf({0})).code, 0);
}

TEST_P(FeatureTargets, AnswerEachOfManyCallsOnce) {
  constexpr int kCalls = 500;
  const auto target = Target(Pictures({"one", "two", "broken"}));
  std::array<std::atomic<int>, kCalls> answers = {};
  absl::BlockingCounter left(kCalls);
  for (int i = 0; i < kCalls; ++i) {
    target->Start(CallOf({i % 3}), [&answers, &left, i](const CallOutcome& outcome) {
      EXPECT_EQ(outcome.code, i % 3 == 2 ? grpc::StatusCode::INVALID_ARGUMENT : grpc::StatusCode::OK);
      ++answers[static_cast<size_t>(i)];
      left.DecrementCount();
    });
  }
  left.Wait();
  for (const auto& count : answers) EXPECT_EQ(count.load(), 1);
}

TEST(UnaryTarget, SaysThatNobodyIsThere) {
  UnaryTarget target(ChannelsTo("127.0.0.1:1"),
                     std::make_shared<FeatureMessages>(Question(), Pictures({"one"}), AnswerDepth::kTimes),
                     absl::Seconds(5));
  EXPECT_EQ(Ask(target, CallOf({0})).code, grpc::StatusCode::UNAVAILABLE);
}

TEST(StreamTarget, SaysThatNobodyIsThereAndOpensAgain) {
  StreamTarget target(ChannelsTo("127.0.0.1:1"),
                      std::make_shared<FeatureMessages>(Question(), Pictures({"one"}), AnswerDepth::kTimes),
                      absl::Seconds(5));
  EXPECT_EQ(Ask(target, CallOf({0})).code, grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Ask(target, CallOf({0})).code, grpc::StatusCode::UNAVAILABLE);
}

TEST(MakeLoadChannels, LetsServersTakeTurns) {
  FakeServer first;
  FakeServer second;
  const std::string both = first.target() + "," + second.target();
  UnaryTarget target(ChannelsTo(both),
                     std::make_shared<FeatureMessages>(Question(), Pictures({"one"}), AnswerDepth::kTimes),
                     absl::Seconds(5));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Ask(target, CallOf({0})).code, 0);
  EXPECT_GE(first.features().Requests().size(), 5);
  EXPECT_GE(second.features().Requests().size(), 5);
}

// ---- KServe v2 ----

inference::ModelMetadataResponse Model(const std::string& datatype, const std::vector<int64_t>& shape) {
  inference::ModelMetadataResponse model;
  auto& input = *model.add_inputs();
  input.set_name("in");
  input.set_datatype(datatype);
  input.mutable_shape()->Add(shape.begin(), shape.end());
  return model;
}

InferQuestion AskedOf(const std::string& model, int pictures_per_call = 1) {
  InferQuestion question;
  question.request.set_model_name(model);
  question.request.add_outputs()->set_name("out");
  question.pictures_per_call = pictures_per_call;
  return question;
}

// Sends one call to a server with this model and returns what arrived.
absl::StatusOr<inference::ModelInferRequest> Sent(const inference::ModelMetadataResponse& model,
                                                  const InferQuestion& question, const LoadPictures& pictures,
                                                  const PlannedCall& call) {
  FakeInferServer server(model);
  const LoadChannels channels = ChannelsTo(server.target());
  auto metadata = AskKServeModel(channels, "m", "", absl::Seconds(5));
  if (!metadata.ok()) return metadata.status();
  auto messages = InferMessages::Create(question, *metadata, pictures, AnswerDepth::kTimes);
  if (!messages.ok()) return messages.status();
  UnaryTarget target(channels, *messages, absl::Seconds(5));
  const CallOutcome outcome = Ask(target, call);
  if (outcome.code != 0) return absl::InternalError(outcome.message);
  return server.Requests().at(0);
}

TEST(InferMessages, SendEncodedPicturesWhereTheModelTakesBytes) {
  ASSERT_OK_AND_ASSIGN(const auto request,
                       Sent(Model("BYTES", {-1}), AskedOf("m", 2), Pictures({"one", "three"}), CallOf({1, 0})));
  EXPECT_EQ(request.model_name(), "m");
  EXPECT_EQ(request.outputs(0).name(), "out");
  EXPECT_EQ(request.inputs(0).name(), "in");
  EXPECT_THAT(request.inputs(0).shape(), ElementsAre(2));
  ASSERT_EQ(request.raw_input_contents_size(), 1);
  EXPECT_EQ(request.raw_input_contents(0), std::string("\5\0\0\0three\3\0\0\0one", 16));
}

TEST(InferMessages, KeepASecondDimensionOfOne) {
  ASSERT_OK_AND_ASSIGN(const auto request, Sent(Model("BYTES", {-1, 1}), AskedOf("m"), Pictures({"one"}), CallOf({0})));
  EXPECT_THAT(request.inputs(0).shape(), ElementsAre(1, 1));
}

TEST(InferMessages, SendEncodedPicturesToATensorModelWhereTold) {
  InferQuestion question = AskedOf("m");
  question.input = InferInput::kBytes;
  ASSERT_OK_AND_ASSIGN(const auto request,
                       Sent(Model("FP32", {1, 224, 224, 3}), question, Pictures({"one"}), CallOf({0})));
  EXPECT_EQ(request.inputs(0).datatype(), "BYTES");
  EXPECT_THAT(request.inputs(0).shape(), ElementsAre(1));
}

TEST(InferMessages, SendPixelsInTheModelsTypeAndOrder) {
  LoadPictures set;
  set.pictures.push_back({"p", SyntheticJpeg(40, 30, 1), 1});
  ASSERT_OK_AND_ASSIGN(const std::vector<uint8_t> rgb, RgbPixels(set.pictures[0].content, 8, 6));
  ASSERT_OK_AND_ASSIGN(const auto floats, Sent(Model("FP32", {-1, 3, 6, 8}), AskedOf("m", 2), set, CallOf({0, 0})));
  EXPECT_THAT(floats.inputs(0).shape(), ElementsAre(2, 3, 6, 8));
  ASSERT_EQ(floats.raw_input_contents(0).size(), 2 * 3 * 6 * 8 * sizeof(float));
  const auto* values = reinterpret_cast<const float*>(floats.raw_input_contents(0).data());
  EXPECT_FLOAT_EQ(values[0], static_cast<float>(rgb[0]) / 255);
  EXPECT_FLOAT_EQ(values[48 + 5], static_cast<float>(rgb[3 * 5 + 1]) / 255);        // green of the sixth pixel
  EXPECT_FLOAT_EQ(values[144 + 96 + 7], static_cast<float>(rgb[3 * 7 + 2]) / 255);  // of the second picture
  ASSERT_OK_AND_ASSIGN(const auto bytes, Sent(Model("UINT8", {6, 8, 3}), AskedOf("m"), set, CallOf({0})));
  EXPECT_THAT(bytes.inputs(0).shape(), ElementsAre(6, 8, 3));
  EXPECT_EQ(bytes.raw_input_contents(0), std::string(rgb.begin(), rgb.end()));
}

TEST(InferMessages, FillDimensionsThatTheMetadataLeavesOpen) {
  LoadPictures set;
  set.pictures.push_back({"p", SyntheticJpeg(40, 30, 1), 1});
  InferQuestion question = AskedOf("m");
  EXPECT_THAT(Sent(Model("UINT8", {-1, -1, -1, 3}), question, set, CallOf({0})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--input-shape")));
  question.input_shape = {10, 20, 3};
  ASSERT_OK_AND_ASSIGN(const auto request, Sent(Model("UINT8", {-1, -1, -1, 3}), question, set, CallOf({0})));
  EXPECT_THAT(request.inputs(0).shape(), ElementsAre(1, 10, 20, 3));
}

TEST(InferMessages, FillAnyInputsWithRandomValues) {
  inference::ModelMetadataResponse model = Model("FP16", {-1, 4});
  *model.add_inputs() = Model("INT64", {2, 3}).inputs(0);
  *model.add_inputs() = Model("BYTES", {-1}).inputs(0);
  InferQuestion question = AskedOf("m");
  EXPECT_THAT(Sent(model, question, Pictures({"one"}), CallOf({0})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--input random")));
  question.input = InferInput::kRandom;
  ASSERT_OK_AND_ASSIGN(const auto request, Sent(model, question, Pictures({"", ""}), CallOf({0})));
  ASSERT_EQ(request.raw_input_contents_size(), 3);
  EXPECT_EQ(request.raw_input_contents(0).size(), 8);
  EXPECT_EQ(request.raw_input_contents(1).size(), 48);
  EXPECT_EQ(request.raw_input_contents(2).size(), 20);
  ASSERT_OK_AND_ASSIGN(const auto again, Sent(model, question, Pictures({"", ""}), CallOf({0})));
  EXPECT_EQ(again.SerializeAsString(), request.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const auto other, Sent(model, question, Pictures({"", ""}), CallOf({1})));
  EXPECT_NE(other.raw_input_contents(1), request.raw_input_contents(1));
}

TEST(InferMessages, RefuseWhatTheyCannotFill) {
  const auto refused = [](const inference::ModelMetadataResponse& model, int pictures_per_call) {
    return InferMessages::Create(AskedOf("m", pictures_per_call), model, Pictures({"no jpeg"}), AnswerDepth::kTimes)
        .status();
  };
  EXPECT_THAT(refused(Model("FP32", {1, 3, 8, 8}), 2),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1 pictures a call")));
  EXPECT_THAT(refused(Model("FP32", {3, 8, 8}), 2),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("one picture a call")));
  EXPECT_THAT(refused(Model("FP16", {1, 3, 8, 8}), 1), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("FP16")));
  EXPECT_THAT(refused(Model("FP32", {1, 4, 8, 8}), 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[3,H,W]")));
  EXPECT_THAT(refused(Model("FP32", {1, 3, 8, 8}), 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no jpeg")));
  EXPECT_THAT(refused({}, 1), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at least one input")));
}

TEST(InferMessages, TakeChecksumsOfEachOutputAndPicture) {
  FakeInferServer server(Model("BYTES", {-1}));
  const LoadChannels channels = ChannelsTo(server.target());
  ASSERT_OK_AND_ASSIGN(auto messages, InferMessages::Create(AskedOf("m", 2), Model("BYTES", {-1}),
                                                            Pictures({"one", "two"}), AnswerDepth::kChecksums));
  UnaryTarget target(channels, messages, absl::Seconds(5));
  const CallOutcome outcome = Ask(target, CallOf({0, 1}));
  ASSERT_THAT(outcome.checksums, SizeIs(2));
  EXPECT_EQ(outcome.checksums[0].output, "out");
  EXPECT_EQ(outcome.checksums[1].picture, 1);
  EXPECT_NE(outcome.checksums[0].checksum, outcome.checksums[1].checksum);
}

TEST(AskKServe, TellsThatAServerHasNoMetadata) {
  FakeServer not_kserve;
  EXPECT_THAT(AskKServeModel(ChannelsTo(not_kserve.target()), "m", "", absl::Seconds(5)),
              StatusIs(absl::StatusCode::kUnimplemented));
}

// ---- pictures that are made ----

TEST(SyntheticJpeg, CostsWhatAPhotographDoes) {
  const std::string jpeg = SyntheticJpeg(640, 480, 3);
  EXPECT_EQ(jpeg, SyntheticJpeg(640, 480, 3));
  EXPECT_NE(jpeg, SyntheticJpeg(640, 480, 4));
  // Photographs at this quality take about a sixth to a third of a byte a pixel.
  EXPECT_GE(jpeg.size(), 640 * 480 / 8);
  EXPECT_LE(jpeg.size(), 640 * 480 * 2 / 5);
  ASSERT_OK_AND_ASSIGN(const std::vector<uint8_t> rgb, RgbPixels(jpeg, 64, 48));
  EXPECT_EQ(rgb.size(), 64 * 48 * 3);
}

TEST(SyntheticJpeg, IsMadeInAnySize) {
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 50}, {17, 3}, {2000, 1}}) {
    EXPECT_THAT(RgbPixels(SyntheticJpeg(width, height, 1), 4, 4), ::onebyone::testing::IsOk())
        << width << "x" << height;
  }
}

TEST(SyntheticSizes, AreParsedWithShares) {
  ASSERT_OK_AND_ASSIGN(const auto sizes, ParseSyntheticSizes("640x480:0.8,4000x3000:0.2,10x10"));
  ASSERT_THAT(sizes, SizeIs(3));
  EXPECT_EQ(sizes[1].width, 4000);
  EXPECT_EQ(sizes[1].height, 3000);
  EXPECT_EQ(sizes[1].weight, 0.2);
  EXPECT_EQ(sizes[2].weight, 1);
  for (const char* text : {"", "640", "640x", "640x480:", "640x480:0", "0x1", "99999x1", "axb"}) {
    EXPECT_THAT(ParseSyntheticSizes(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace onebyone
