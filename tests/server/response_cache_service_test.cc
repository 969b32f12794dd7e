// The response cache as clients of the services see it.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <prometheus/text_serializer.h>

#include <fstream>
#include <future>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/kserve_fixture.h"

namespace onebyone {
namespace {

using ::onebyone::testing::AddImages;
using ::onebyone::testing::AddOutput;
using ::onebyone::testing::EncodedPicture;
using ::onebyone::testing::EncodedRequest;
using ::onebyone::testing::TinyServerOptions;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// Talked to over a real connection.
class ResponseCacheService : public testing::Kserve {
 protected:
  void SetUp() override {
    ServerOptions options = TinyServerOptions();
    options.response_cache_bytes = int64_t{4} << 20;
    options.observability.access_log = log_path_;
    std::remove(log_path_.c_str());
    Serve(options);
    const auto channel = grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
    stub_ = v1::FeatureExtraction::NewStub(channel);
    kserve_ = inference::GRPCInferenceService::NewStub(channel);
  }
  v1::ExtractFeaturesRequest Request(const std::string& picture) const {
    v1::ExtractFeaturesRequest request;
    AddImages(1, picture, request);
    request.add_features()->set_layer("block/output");
    return request;
  }
  inference::InferStatistics Counted(uint64_t* inferences = nullptr) {
    inference::ModelStatisticsRequest request;
    request.set_name("tiny");
    inference::ModelStatisticsResponse response;
    EXPECT_TRUE(Call(&inference::GRPCInferenceService::Stub::ModelStatistics, request, &response).ok());
    if (inferences != nullptr) *inferences = response.model_stats(0).inference_count();
    return response.model_stats(0).inference_stats();
  }

  const std::string log_path_ = ::testing::TempDir() + "/onebyone_access_of_cache.log";
};

TEST_F(ResponseCacheService, AnswersUnaryCallsStreamsAndKserveAlike) {
  const std::string content = Extracted(Request(picture_)).results(0).features(0).content();
  const v1::ExtractFeaturesResponse again = Extracted(Request(picture_));
  EXPECT_EQ(again.results(0).features(0).content(), content);
  EXPECT_EQ(again.results(0).timing().decode_us(), 0);

  grpc::ClientContext context;
  const auto stream = stub_->StreamFeatures(&context);
  v1::StreamFeaturesRequest streamed;
  *streamed.mutable_request() = Request(picture_);
  v1::StreamFeaturesResponse answer;
  for (int i = 0; i < 40; ++i) {
    streamed.set_request_id(std::to_string(i));
    ASSERT_TRUE(stream->Write(streamed));
  }
  stream->WritesDone();
  int answers = 0;
  while (stream->Read(&answer)) {
    ++answers;
    EXPECT_EQ(answer.response().results(0).features(0).content(), content);
  }
  EXPECT_EQ(answers, 40);
  EXPECT_TRUE(stream->Finish().ok());

  inference::ModelInferRequest infer = EncodedRequest({picture_, EncodedPicture(80, 60, ".png", 9), picture_});
  AddOutput("block/output", infer);
  const inference::ModelInferResponse inferred = Inferred(infer);
  EXPECT_EQ(inferred.raw_output_contents(0).substr(0, content.size()), content);
  EXPECT_EQ(inferred.raw_output_contents(0).substr(2 * content.size()), content);

  uint64_t inferences = 0;
  const inference::InferStatistics counted = Counted(&inferences);
  EXPECT_EQ(inferences, 2U) << "runs of the network";
  EXPECT_EQ(counted.cache_miss().count(), 2U);
  EXPECT_EQ(counted.cache_hit().count(), 43U);
  EXPECT_GT(counted.cache_hit().ns(), 0U);
  EXPECT_GT(counted.cache_miss().ns(), 0U);
  EXPECT_EQ(counted.success().count(), 43U);
}

TEST_F(ResponseCacheService, WhatIsAskedDifferentlyIsComputed) {
  std::vector<v1::ExtractFeaturesRequest> different(5, Request(picture_));
  different[1].mutable_features(0)->set_channels(3);
  different[2].mutable_features(0)->set_data_type(v1::FLOAT16);
  different[3].set_input_size(v1::LETTERBOX);
  different[4].add_features()->set_layer("pool");
  for (const v1::ExtractFeaturesRequest& request : different) Extracted(request);
  EXPECT_EQ(Counted().cache_hit().count(), 0U);
  for (const v1::ExtractFeaturesRequest& request : different) Extracted(request);
  EXPECT_EQ(Counted().cache_hit().count(), 5U);
}

TEST_F(ResponseCacheService, EqualCallsInTheAirRunTheNetworkOnce) {
  const v1::ExtractFeaturesRequest request = Request(EncodedPicture(2000, 1500, ".jpg"));
  std::vector<std::future<v1::ExtractFeaturesResponse>> calls;
  for (int i = 0; i < 16; ++i) {
    calls.push_back(std::async(std::launch::async, [&] { return Extracted(request); }));
  }
  std::vector<std::string> contents;
  for (auto& call : calls) contents.push_back(call.get().results(0).features(0).content());
  EXPECT_THAT(contents, ::testing::Each(contents[0]));
  uint64_t inferences = 0;
  const inference::InferStatistics counted = Counted(&inferences);
  EXPECT_EQ(inferences, 1U);
  EXPECT_EQ(counted.cache_miss().count(), 1U);
  EXPECT_EQ(counted.cache_hit().count(), 15U);
}

// Callers that go away at any moment take nobody's answer with them, and leave nothing behind.
TEST_F(ResponseCacheService, CallersThatGoAwayHarmNoOthers) {
  std::vector<v1::ExtractFeaturesRequest> requests;
  for (int shade = 0; shade < 3; ++shade) requests.push_back(Request(EncodedPicture(900, 700, ".jpg", shade)));
  const auto caller = [&](int seed) {
    std::mt19937 random(seed);
    int answered = 0;
    for (int i = 0; i < 60; ++i) {
      // Each turn is new to the cache, and the same to all callers.
      v1::ExtractFeaturesRequest request = requests[i % requests.size()];
      request.mutable_features(0)->set_channels(2 + i % 7);
      request.mutable_features(0)->set_reduction(v1::RANDOM_PROJECTION);
      request.mutable_features(0)->set_seed(i);
      grpc::ClientContext context;
      const bool goes_away = seed % 2 == 0;
      if (goes_away)
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::microseconds(random() % 6000));
      v1::ExtractFeaturesResponse response;
      const grpc::Status status = stub_->ExtractFeatures(&context, request, &response);
      if (!goes_away) {
        EXPECT_TRUE(status.ok()) << status.error_message();
        EXPECT_EQ(response.results(0).features(0).shape(0), 2 + i % 7);
      }
      answered += status.ok() ? 1 : 0;
    }
    return answered;
  };
  std::vector<std::future<int>> callers;
  for (int seed = 0; seed < 6; ++seed) callers.push_back(std::async(std::launch::async, caller, seed));
  for (int seed = 0; seed < 6; ++seed) {
    const int answered = callers[seed].get();
    if (seed % 2 == 1) {
      EXPECT_EQ(answered, 60);
    }
  }
  EXPECT_TRUE(server_->scheduler().admission().WaitUntilEmpty(absl::Seconds(60)));
  EXPECT_EQ(server_->scheduler().admission().bytes(), 0);
  // A lane says that it is free shortly after its image was answered.
  const absl::Time end = absl::Now() + absl::Minutes(1);
  while (server_->scheduler().busy_lanes() > 0 && absl::Now() < end) std::this_thread::yield();
  EXPECT_EQ(server_->scheduler().busy_lanes(), 0);
}

TEST_F(ResponseCacheService, IsToldByMetricsAndAccessLog) {
  Extracted(Request(picture_));
  v1::ExtractFeaturesRequest two = Request(picture_);
  AddImages(1, "no picture", two);
  Extracted(two);
  Extracted(two);
  const std::string text =
      prometheus::TextSerializer().Serialize(server_->observability().metrics().registry()->Collect());
  EXPECT_THAT(text, AllOf(HasSubstr("onebyone_response_cache_hits_total{model=\"tiny\"} 2"),
                          HasSubstr("onebyone_response_cache_shared_total{model=\"tiny\"} 0"),
                          HasSubstr("onebyone_response_cache_misses_total{model=\"tiny\"} 3"),
                          HasSubstr("nv_cache_num_hits_per_model{model=\"tiny\",version=\"3\"} 2"),
                          HasSubstr("nv_cache_num_misses_per_model{model=\"tiny\",version=\"3\"} 3"),
                          ContainsRegex("nv_cache_hit_duration_per_model\\{.*\\} [1-9]"),
                          ContainsRegex("nv_cache_miss_duration_per_model\\{.*\\} [1-9]"),
                          HasSubstr("onebyone_images_total{model=\"tiny\",result=\"ok\"} 3"),
                          HasSubstr("onebyone_stage_seconds_count{model=\"tiny\",stage=\"network\"} 1"),
                          ContainsRegex("nv_inference_count\\{model=\"tiny\",version=\"3\"\\} 1\n"),
                          ContainsRegex("nv_inference_request_success\\{model=\"tiny\",version=\"3\"\\} 3\n")));
  server_->Drain();
  server_.reset();
  std::ifstream file(log_path_);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0], HasSubstr("images=1 failed_images=0 cached_images=0 "));
  EXPECT_THAT(lines[1], HasSubstr("images=2 failed_images=1 cached_images=1 "));
}

}  // namespace
}  // namespace onebyone
