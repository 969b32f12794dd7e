// The service through a channel in the process, with the engine as it is.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>

#include <cstring>

#include "engine/reduction/random_projection.h"
#include "google/rpc/error_details.pb.h"
#include "onebyone/v1/feature_extraction.grpc.pb.h"
#include "server/server.h"
#include "tests/server/service_fixture.h"
#include "tests/server/tiny_model.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::AddImages;
using ::onebyone::testing::EncodedPicture;
using ::onebyone::testing::Service;
using ::onebyone::testing::TinyModel;
using ::onebyone::testing::TinyServerOptions;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

std::vector<float> Floats(const v1::FeatureMap& feature) {
  std::vector<float> values(feature.content().size() / sizeof(float));
  std::memcpy(values.data(), feature.content().data(), feature.content().size());
  return values;
}

// The layer's values for a picture, by the engine alone.
std::vector<float> Expected(const std::string& picture, const std::string& layer) {
  const std::shared_ptr<const Model> model = TinyModel();
  PlanQuery query{.layers = std::vector<LayerQuery>(1), .height = 32, .width = 32};
  query.layers[0].layer = layer;
  const auto plan = model->compiled->PlanFor(query).value();
  const auto executor = Executor::Create({});
  EXPECT_TRUE(executor->Use(plan).ok());
  const auto decoder = ImageDecoder::Create({}).value();
  const auto preprocessor = Preprocessor::Create(model->bundle.preprocess).value();
  EXPECT_TRUE(preprocessor->Run(decoder->Decode(picture).value(), InputFit::kModel, executor->Input()).ok());
  EXPECT_TRUE(executor->Run(nullptr).ok());
  const ConstTensorView output = executor->Output(0);
  return {output.As<float>(), output.As<float>() + output.shape.Elements()};
}

// weights [K, C] applied to a map [C, cells].
std::vector<float> Reduced(const Reduction& reduction, int64_t channels, const std::vector<float>& map) {
  const int64_t layer_channels = reduction.layer_channels();
  const int64_t cells = static_cast<int64_t>(map.size()) / layer_channels;
  std::vector<float> reduced;
  for (int64_t k = 0; k < channels; ++k) {
    for (int64_t i = 0; i < cells; ++i) {
      double sum = reduction.bias.has_value() ? reduction.bias->As<float>()[k] : 0;
      for (int64_t c = 0; c < layer_channels; ++c) {
        sum += static_cast<double>(reduction.weights.As<float>()[k * layer_channels + c]) * map[c * cells + i];
      }
      reduced.push_back(static_cast<float>(sum));
    }
  }
  return reduced;
}

TEST_F(Service, GivesWhatTheEngineGives) {
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content(picture_);
  request.mutable_images(0)->set_id("first");
  request.add_features()->set_layer("features");
  const v1::ExtractFeaturesResponse response = Extracted(request);
  EXPECT_EQ(response.model(), "tiny");
  EXPECT_EQ(response.version(), 3);
  ASSERT_EQ(response.results_size(), 1);
  EXPECT_EQ(response.results(0).id(), "first");
  EXPECT_EQ(response.results(0).status().code(), 0);
  ASSERT_EQ(response.results(0).features_size(), 1);
  const v1::FeatureMap& feature = response.results(0).features(0);
  EXPECT_EQ(feature.layer(), "features");
  EXPECT_THAT(feature.shape(), ElementsAre(24, 16, 16));
  EXPECT_EQ(Floats(feature), Expected(picture_, "block/output"));
  EXPECT_EQ(feature.geometry().stride_x(), 2);
  EXPECT_EQ(feature.geometry().image_width(), 80);
  EXPECT_EQ(feature.geometry().image_height(), 60);
  EXPECT_EQ(feature.geometry().input_width(), 32);
  // Shorter side 60 to 36, then the middle 32 of 48 x 36: pixel 0 is column 8, row 2 of the resized picture.
  EXPECT_NEAR(feature.geometry().input_to_image_xx(), 80.0 / 48, 1e-9);
  EXPECT_NEAR(feature.geometry().input_to_image_x0(), 8.5 * 80 / 48 - 0.5, 1e-9);
  EXPECT_NEAR(feature.geometry().input_to_image_y0(), 2.5 * 60 / 36 - 0.5, 1e-9);
}

TEST_F(Service, ReducesByStoredRowsAndRandomProjections) {
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content(picture_);
  v1::FeatureRequest& stored = *request.add_features();
  stored.set_layer("block/output");
  stored.set_channels(4);
  v1::FeatureRequest& random = *request.add_features();
  random.set_layer("block/output");
  random.set_channels(5);
  random.set_reduction(v1::RANDOM_PROJECTION);
  random.set_seed(11);
  const v1::ExtractFeaturesResponse response = Extracted(request);
  ASSERT_EQ(response.results(0).features_size(), 2) << response.results(0).status().message();

  const std::vector<float> map = Expected(picture_, "block/output");
  const v1::FeatureMap& first = response.results(0).features(0);
  EXPECT_THAT(first.shape(), ElementsAre(4, 16, 16));
  EXPECT_EQ(first.explained_variance(), 0.85);
  EXPECT_EQ(first.reduction(), "pca");
  EXPECT_THAT(Floats(first),
              Pointwise(FloatNear(1e-4F), Reduced(*TinyModel()->StoredReduction("block/output"), 4, map)));
  const v1::FeatureMap& second = response.results(0).features(1);
  EXPECT_FALSE(second.has_explained_variance());
  EXPECT_EQ(second.reduction(), "random_projection(block/output, 5, seed 11)");
  ASSERT_OK_AND_ASSIGN(const Reduction projection, RandomProjection("block/output", 24, 5, 11));
  EXPECT_THAT(Floats(second), Pointwise(FloatNear(1e-4F), Reduced(projection, 5, map)));
}

// Each cell of what Reduced gives, not below 0.
std::vector<float> Rectified(std::vector<float> values) {
  for (float& value : values) value = std::max(value, 0.0F);
  return values;
}

TEST_F(Service, ServesAHeadByItsNameWholeOrInPart) {
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content(picture_);
  for (const int channels : {0, 7}) {
    v1::FeatureRequest& feature = *request.add_features();
    feature.set_layer("features");
    feature.set_reduction_name("head");
    feature.set_channels(channels);
  }
  const v1::ExtractFeaturesResponse response = Extracted(request);
  ASSERT_EQ(response.results(0).features_size(), 2) << response.results(0).status().message();
  ASSERT_OK_AND_ASSIGN(const auto head, TinyModel()->NamedReduction("block/output", "head"));
  const Reduction hidden = {
      .name = {}, .layer = {}, .weights = head->hidden->weights, .bias = {}, .explained_variance = {}};
  const Reduction last = {.name = {}, .layer = {}, .weights = head->weights, .bias = {}, .explained_variance = {}};
  const std::vector<float> middle = Rectified(Reduced(hidden, 10, Expected(picture_, "block/output")));
  const v1::FeatureMap& whole = response.results(0).features(0);
  EXPECT_THAT(whole.shape(), ElementsAre(30, 16, 16));
  EXPECT_EQ(whole.reduction(), "head");
  EXPECT_FALSE(whole.has_explained_variance());
  EXPECT_THAT(Floats(whole), Pointwise(FloatNear(1e-4F), Rectified(Reduced(last, 30, middle))));
  const v1::FeatureMap& part = response.results(0).features(1);
  EXPECT_THAT(part.shape(), ElementsAre(7, 16, 16));
  EXPECT_THAT(Floats(part), Pointwise(FloatNear(1e-4F), Rectified(Reduced(last, 7, middle))));
}

TEST_F(Service, FeaturesThatDifferInFormOnlyShareTheirOutput) {
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content(picture_);
  request.add_features()->set_layer("pool");
  v1::FeatureRequest& pooled = *request.add_features();
  pooled.set_layer("block/output");
  pooled.mutable_pooling()->set_kind(v1::Pooling::AVERAGE);
  v1::FeatureRequest& whole = *request.add_features();
  whole.set_layer("block/output");
  whole.set_layout(v1::HWC);
  const v1::ExtractFeaturesResponse response = Extracted(request);
  ASSERT_EQ(response.results(0).features_size(), 3);
  EXPECT_THAT(Floats(response.results(0).features(1)),
              Pointwise(FloatNear(1e-5F), Floats(response.results(0).features(0))));
  EXPECT_THAT(response.results(0).features(2).shape(), ElementsAre(16, 16, 24));
}

TEST_F(Service, OneBrokenImageFailsOnlyItself) {
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content(picture_);
  request.add_images()->set_content("no picture");
  request.add_images();
  request.add_images()->set_content(EncodedPicture(33, 200, ".jpg"));
  const v1::ExtractFeaturesResponse response = Extracted(request);
  ASSERT_EQ(response.results_size(), 4);
  EXPECT_EQ(response.results(0).status().code(), 0);
  EXPECT_EQ(response.results(1).status().code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(response.results(2).status().code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(response.results(3).status().code(), 0);
  EXPECT_EQ(response.results(1).features_size(), 0);
  google::rpc::BadRequest detail;
  ASSERT_EQ(response.results(1).status().details_size(), 1);
  ASSERT_TRUE(response.results(1).status().details(0).UnpackTo(&detail));
  EXPECT_EQ(detail.field_violations(0).field(), "images[1].content");
  EXPECT_EQ(Floats(response.results(0).features(0)), Expected(picture_, "embedding"));
}

TEST_F(Service, ImagesOverALimitSayWhich) {
  ServerOptions options = TinyServerOptions();
  options.limits.image.max_pixels = 80 * 59;
  Start(options);
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content(picture_);
  const v1::ExtractFeaturesResponse response = Extracted(request);
  EXPECT_EQ(response.results(0).status().code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(response.results(0).status().message(), HasSubstr("4720"));
}

TEST_F(Service, TellsWhereTheTimeWent) {
  v1::ExtractFeaturesRequest request;
  AddImages(5, EncodedPicture(500, 400, ".jpg"), request);
  const v1::ExtractFeaturesResponse response = Extracted(request);
  int64_t decode = 0;
  for (const v1::ImageResult& result : response.results()) {
    EXPECT_GT(result.timing().decode_us(), 0);
    EXPECT_GE(result.timing().total_us(), result.timing().decode_us() + result.timing().network_us());
    decode += result.timing().decode_us();
  }
  EXPECT_EQ(response.timing().decode_us(), decode);
  EXPECT_GE(response.timing().total_us(), response.results(4).timing().total_us());
}

TEST_F(Service, ErrorsCarryTheirDetails) {
  v1::ExtractFeaturesRequest request;
  request.add_images()->set_content(picture_);
  request.add_features()->set_layer("blok/output");
  v1::ExtractFeaturesResponse response;
  const grpc::Status status = Extract(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("block/output"));
  google::rpc::Status rpc;
  ASSERT_TRUE(rpc.ParseFromString(status.error_details()));
  google::rpc::BadRequest detail;
  ASSERT_EQ(rpc.details_size(), 1);
  ASSERT_TRUE(rpc.details(0).UnpackTo(&detail));
  EXPECT_EQ(detail.field_violations(0).field(), "features[0].layer");
  request.mutable_features(0)->set_layer("block/output");
  EXPECT_TRUE(Extract(request, &response).ok()) << "the next request is served";
}

TEST_F(Service, ListsAndDescribesItsModels) {
  Start(TinyServerOptions({"broken", "net"}));
  grpc::ClientContext list_context;
  v1::ListModelsResponse models;
  ASSERT_TRUE(stub_->ListModels(&list_context, {}, &models).ok());
  ASSERT_EQ(models.models_size(), 2);
  EXPECT_FALSE(models.models(0).ready());
  EXPECT_TRUE(models.models(1).ready());
  EXPECT_TRUE(models.models(1).is_default());
  grpc::ClientContext get_context;
  v1::GetModelResponse model;
  ASSERT_TRUE(stub_->GetModel(&get_context, {}, &model).ok());
  EXPECT_EQ(model.summary().name(), "net");
  EXPECT_EQ(static_cast<size_t>(model.layers_size()), TinyModel()->compiled->layers().size());
  grpc::ClientContext wrong_context;
  v1::GetModelRequest wrong;
  wrong.set_model("nte");
  EXPECT_EQ(stub_->GetModel(&wrong_context, wrong, &model).error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace onebyone
