// All of inference.GRPCInferenceService but ModelInfer.

#include <thread>

#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/server/kserve_fixture.h"

namespace onebyone {
namespace {

using ::inference::GRPCInferenceService;
using ::onebyone::testing::AddImages;
using ::onebyone::testing::EncodedRequest;
using ::onebyone::testing::TinyServerOptions;
using ::testing::ElementsAre;
using ::testing::SizeIs;

using Stub = GRPCInferenceService::Stub;

class KserveMetadata : public ::onebyone::testing::Kserve {
 protected:
  bool ServerIsReady() {
    inference::ServerReadyResponse response;
    EXPECT_TRUE(Call(&Stub::ServerReady, {}, &response).ok());
    return response.ready();
  }
  grpc::StatusCode ModelReadiness(const std::string& name, const std::string& version, bool* ready) {
    inference::ModelReadyRequest request;
    request.set_name(name);
    request.set_version(version);
    inference::ModelReadyResponse response;
    const grpc::Status status = Call(&Stub::ModelReady, request, &response);
    *ready = response.ready();
    return status.error_code();
  }
  inference::ModelStatistics Statistics() {
    inference::ModelStatisticsRequest request;
    request.set_name("tiny");
    inference::ModelStatisticsResponse response;
    EXPECT_TRUE(Call(&Stub::ModelStatistics, request, &response).ok());
    EXPECT_THAT(response.model_stats(), SizeIs(1));
    return response.model_stats(0);
  }
};

TEST_F(KserveMetadata, TheServerIsReadyUntilItDrainsAndLiveToTheEnd) {
  ServerOptions options = TinyServerOptions();
  options.drain.lame_duck = absl::Seconds(3);  // in which it still answers
  Serve(options);
  EXPECT_TRUE(ServerIsReady());
  const auto health = grpc::health::v1::Health::NewStub(server_->InProcessChannel());
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckRequest request;
  request.set_service("inference.GRPCInferenceService");
  const auto watch = health->Watch(&context, request);
  grpc::health::v1::HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  std::thread drain([this] { EXPECT_TRUE(server_->Drain()); });
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(ServerIsReady());
  bool ready = true;
  EXPECT_EQ(ModelReadiness("tiny", "", &ready), grpc::StatusCode::OK);
  EXPECT_FALSE(ready);
  inference::ServerLiveResponse live;
  EXPECT_TRUE(Call(&Stub::ServerLive, {}, &live).ok());
  EXPECT_TRUE(live.live());
  drain.join();
}

TEST_F(KserveMetadata, ModelsAreReadyWhereTheyHaveLoadedAndUnknownOnesAreErrors) {
  Serve(TinyServerOptions({"broken", "tiny"}));
  bool ready = false;
  for (const char* name : {"", "tiny"}) {
    for (const char* version : {"", "3"}) {
      EXPECT_EQ(ModelReadiness(name, version, &ready), grpc::StatusCode::OK);
      EXPECT_TRUE(ready) << name << version;
    }
  }
  EXPECT_EQ(ModelReadiness("broken", "", &ready), grpc::StatusCode::OK);
  EXPECT_FALSE(ready);
  EXPECT_EQ(ModelReadiness("unheard-of", "", &ready), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ModelReadiness("tiny", "4", &ready), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ModelReadiness("tiny", "three", &ready), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(KserveMetadata, TheServerTellsWhatItSupports) {
  inference::ServerMetadataResponse response;
  ASSERT_TRUE(Call(&Stub::ServerMetadata, {}, &response).ok());
  EXPECT_EQ(response.name(), "onebyone");
  EXPECT_FALSE(response.version().empty());
  EXPECT_THAT(response.extensions(),
              ElementsAre("model_configuration", "binary_tensor_data", "parameters", "schedule_policy", "statistics"));
}

TEST_F(KserveMetadata, AModelTellsItsInputAndItsDefaultLayers) {
  inference::ModelMetadataRequest request;
  request.set_name("tiny");
  inference::ModelMetadataResponse response;
  ASSERT_TRUE(Call(&Stub::ModelMetadata, request, &response).ok());
  EXPECT_EQ(response.name(), "tiny");
  EXPECT_THAT(response.versions(), ElementsAre("3"));
  EXPECT_EQ(response.platform(), "onebyone_onnx");
  ASSERT_EQ(response.inputs_size(), 1);
  EXPECT_EQ(response.inputs(0).name(), "image");
  EXPECT_EQ(response.inputs(0).datatype(), "BYTES");
  EXPECT_THAT(response.inputs(0).shape(), ElementsAre(-1, 1));
  ASSERT_EQ(response.outputs_size(), 1);
  EXPECT_EQ(response.outputs(0).name(), "embedding");
  EXPECT_EQ(response.outputs(0).datatype(), "FP32");
  EXPECT_THAT(response.outputs(0).shape(), ElementsAre(-1, 24));
  request.set_name("unheard-of");
  EXPECT_EQ(Call(&Stub::ModelMetadata, request, &response).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(KserveMetadata, TheConfigIsTheMetadataWithoutTheBatchAndListsAllLayers) {
  inference::ModelConfigRequest request;
  request.set_name("tiny");
  inference::ModelConfigResponse response;
  ASSERT_TRUE(Call(&Stub::ModelConfig, request, &response).ok());
  const inference::ModelConfig& config = response.config();
  EXPECT_EQ(config.name(), "tiny");
  EXPECT_EQ(config.max_batch_size(), 64);
  ASSERT_EQ(config.input_size(), 1);
  EXPECT_EQ(config.input(0).data_type(), inference::TYPE_STRING);
  EXPECT_THAT(config.input(0).dims(), ElementsAre(1));
  ASSERT_EQ(config.output_size(), 1);
  EXPECT_EQ(config.output(0).name(), "embedding");
  EXPECT_THAT(config.output(0).dims(), ElementsAre(24));
  EXPECT_EQ(config.instance_group(0).count(), 2);
  EXPECT_EQ(config.parameters().at("layer/block/output").string_value(), "[-1,24,16,16]");
  EXPECT_EQ(config.parameters().at("layer/flat").string_value(), "[-1,6144]");
}

TEST_F(KserveMetadata, StatisticsCountWhatEitherServiceHasDone) {
  EXPECT_EQ(Statistics().inference_count(), 0U);
  Inferred(EncodedRequest({picture_, picture_, picture_}));
  v1::ExtractFeaturesRequest ours;
  AddImages(2, picture_, ours);
  ours.add_images()->set_content("no picture");
  Extracted(ours);
  Refused(EncodedRequest({picture_, "no picture"}));
  const inference::ModelStatistics statistics = Statistics();
  EXPECT_EQ(statistics.name(), "tiny");
  EXPECT_EQ(statistics.version(), "3");
  EXPECT_EQ(statistics.inference_count(), 5U);
  EXPECT_EQ(statistics.execution_count(), 5U);
  EXPECT_GT(statistics.last_inference(), 1'500'000'000'000U);
  const inference::InferStatistics& requests = statistics.inference_stats();
  EXPECT_EQ(requests.success().count(), 2U);
  EXPECT_EQ(requests.fail().count(), 1U);
  EXPECT_GT(requests.success().ns(), 0U);
  EXPECT_GT(requests.compute_input().ns(), 0U);
  EXPECT_GT(requests.compute_infer().ns(), 0U);
  for (const auto* stage :
       {&requests.queue(), &requests.compute_input(), &requests.compute_infer(), &requests.compute_output()}) {
    EXPECT_EQ(stage->count(), 2U);
  }
  ASSERT_EQ(statistics.batch_stats_size(), 1);
  EXPECT_EQ(statistics.batch_stats(0).batch_size(), 1U);
  EXPECT_EQ(statistics.batch_stats(0).compute_infer().count(), 5U);
}

TEST_F(KserveMetadata, StatisticsAreOfAllModelsOrOfOne) {
  Serve(TinyServerOptions({"broken", "other", "tiny"}));
  inference::ModelStatisticsRequest request;
  inference::ModelStatisticsResponse response;
  ASSERT_TRUE(Call(&Stub::ModelStatistics, request, &response).ok());
  ASSERT_EQ(response.model_stats_size(), 2);
  EXPECT_EQ(response.model_stats(0).name(), "other");
  EXPECT_EQ(response.model_stats(1).name(), "tiny");
  request.set_name("unheard-of");
  EXPECT_EQ(Call(&Stub::ModelStatistics, request, &response).error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace onebyone
