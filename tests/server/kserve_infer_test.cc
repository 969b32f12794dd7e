// inference.GRPCInferenceService/ModelInfer: the same features as ExtractFeatures gives, in other words.

#include <algorithm>
#include <cstring>
#include <future>
#include <limits>

#include "absl/strings/str_split.h"
#include "engine/image/image_decoder.h"
#include "engine/image/preprocessor.h"
#include "engine/tensor/tensor.h"
#include "tests/server/kserve_fixture.h"

namespace onebyone {
namespace {

using ::inference::ModelInferRequest;
using ::inference::ModelInferResponse;
using ::onebyone::testing::AddImages;
using ::onebyone::testing::AddInput;
using ::onebyone::testing::AddOutput;
using ::onebyone::testing::EncodedPicture;
using ::onebyone::testing::EncodedRequest;
using ::onebyone::testing::TinyModel;
using ::onebyone::testing::TinyServerOptions;
using ::onebyone::testing::WaitForWork;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using KserveInfer = ::onebyone::testing::Kserve;

// The picture's pixels as a UINT8 tensor's bytes.
std::string PixelsOf(const std::string& picture, int64_t* height, int64_t* width) {
  const auto decoder = ImageDecoder::Create({}).value();
  const RgbImage image = decoder->Decode(picture).value();
  *height = image.height;
  *width = image.width;
  return {reinterpret_cast<const char*>(image.pixels), static_cast<size_t>(image.height * image.width * 3)};
}

// What the model's preprocessing makes of the picture.
std::string NetworkInputOf(const std::string& picture) {
  const auto decoder = ImageDecoder::Create({}).value();
  const auto preprocessor = Preprocessor::Create(TinyModel()->bundle.preprocess).value();
  Tensor input = Tensor::Create(DataType::kFloat32, {1, 3, 32, 32}).value();
  EXPECT_TRUE(preprocessor->Run(decoder->Decode(picture).value(), InputFit::kModel, input.view()).ok());
  return {reinterpret_cast<const char*>(input.As<float>()), 3 * 32 * 32 * sizeof(float)};
}

TEST_F(KserveInfer, GivesTheBytesThatExtractFeaturesGives) {
  const std::string other = EncodedPicture(70, 90, ".jpg", 40);
  v1::ExtractFeaturesRequest ours;
  AddImages(1, picture_, ours);
  AddImages(1, other, ours);
  for (const char* layer : {"features", "embedding"}) ours.add_features()->set_layer(layer);
  const v1::ExtractFeaturesResponse wanted = Extracted(ours);

  ModelInferRequest request = EncodedRequest({picture_, other});
  request.set_model_name("tiny");
  request.set_model_version("3");
  request.set_id("seven");
  for (const char* layer : {"features", "embedding"}) AddOutput(layer, request);
  const ModelInferResponse response = Inferred(request);
  EXPECT_EQ(response.model_name(), "tiny");
  EXPECT_EQ(response.model_version(), "3");
  EXPECT_EQ(response.id(), "seven");
  ASSERT_EQ(response.outputs_size(), 2);
  ASSERT_EQ(response.raw_output_contents_size(), 2);
  EXPECT_EQ(response.outputs(0).name(), "features");
  EXPECT_EQ(response.outputs(0).datatype(), "FP32");
  EXPECT_THAT(response.outputs(0).shape(), ElementsAre(2, 24, 16, 16));
  EXPECT_THAT(response.outputs(1).shape(), ElementsAre(2, 24));
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(response.outputs(i).has_contents());
    EXPECT_TRUE(response.raw_output_contents(i) ==
                wanted.results(0).features(i).content() + wanted.results(1).features(i).content());
  }
}

TEST_F(KserveInfer, WithoutOutputsGivesTheDefaultLayersOfTheDefaultModel) {
  const ModelInferResponse response = Inferred(EncodedRequest({picture_}));
  EXPECT_EQ(response.model_name(), "tiny");
  ASSERT_EQ(response.outputs_size(), 1);
  EXPECT_EQ(response.outputs(0).name(), "embedding");
  EXPECT_THAT(response.outputs(0).shape(), ElementsAre(1, 24));
}

TEST_F(KserveInfer, AnImageMayComeAsBytesPixelsOrTheNetworksInputAndRawOrNot) {
  const std::string wanted = Inferred(EncodedRequest({picture_})).raw_output_contents(0);
  const auto expect_same = [&](const ModelInferRequest& request, const std::string& what) {
    const ModelInferResponse response = Inferred(request);
    ASSERT_EQ(response.raw_output_contents_size(), 1) << what;
    EXPECT_TRUE(response.raw_output_contents(0) == wanted) << what;
  };
  ModelInferRequest bytes;
  AddInput("BYTES", {1, 1}, bytes).mutable_contents()->add_bytes_contents(picture_);
  expect_same(bytes, "BYTES in contents, of shape [N, 1]");

  int64_t height = 0;
  int64_t width = 0;
  const std::string pixels = PixelsOf(picture_, &height, &width);
  ModelInferRequest raw_pixels;
  AddInput("UINT8", {1, height, width, 3}, raw_pixels);
  raw_pixels.add_raw_input_contents(pixels);
  expect_same(raw_pixels, "raw UINT8");
  ModelInferRequest typed_pixels;
  auto& uints = *AddInput("UINT8", {1, height, width, 3}, typed_pixels).mutable_contents()->mutable_uint_contents();
  for (const char pixel : pixels) uints.Add(static_cast<uint8_t>(pixel));
  expect_same(typed_pixels, "UINT8 in contents");

  const std::string input = NetworkInputOf(picture_);
  ModelInferRequest raw_input;
  AddInput("FP32", {1, 3, 32, 32}, raw_input);
  raw_input.add_raw_input_contents(input);
  expect_same(raw_input, "raw FP32");
  ModelInferRequest typed_input;
  auto& floats = *AddInput("FP32", {1, 3, 32, 32}, typed_input).mutable_contents()->mutable_fp32_contents();
  floats.Resize(3 * 32 * 32, 0);
  std::memcpy(floats.mutable_data(), input.data(), input.size());
  expect_same(typed_input, "FP32 in contents");
}

TEST_F(KserveInfer, TheImagesOfATensorAreAnsweredInTheirOrder) {
  const std::string other = EncodedPicture(80, 60, ".png", 90);
  int64_t height = 0;
  int64_t width = 0;
  ModelInferRequest request;
  const std::string pixels = PixelsOf(picture_, &height, &width) + PixelsOf(other, &height, &width);
  AddInput("UINT8", {2, height, width, 3}, request);
  request.add_raw_input_contents(pixels);
  EXPECT_TRUE(Inferred(request).raw_output_contents(0) ==
              Inferred(EncodedRequest({picture_, other})).raw_output_contents(0));
}

TEST_F(KserveInfer, OutputParametersMeanWhatFieldsOfAFeatureMean) {
  v1::ExtractFeaturesRequest ours;
  AddImages(1, picture_, ours);
  v1::FeatureRequest& feature = *ours.add_features();
  feature.set_layer("features");
  feature.set_channels(5);
  feature.set_reduction(v1::RANDOM_PROJECTION);
  feature.set_seed(11);
  feature.mutable_pooling()->set_kind(v1::Pooling::GENERALIZED_MEAN);
  feature.mutable_pooling()->set_grid_height(2);
  feature.mutable_pooling()->set_grid_width(4);
  feature.mutable_pooling()->set_exponent(2.5);
  feature.set_l2_normalize(true);
  feature.set_data_type(v1::FLOAT16);
  feature.set_layout(v1::HWC);
  v1::FeatureRequest& head = *ours.add_features();
  head.set_layer("features");
  head.set_reduction_name("head");
  ours.set_input_size(v1::SQUASH);
  ours.set_decode(v1::SCALED);
  const v1::ExtractFeaturesResponse wanted = Extracted(ours);
  ASSERT_EQ(wanted.results(0).features_size(), 2) << wanted.results(0).status().message();

  ModelInferRequest request = EncodedRequest({picture_});
  (*request.mutable_parameters())["input_size"].set_string_param("squash");
  (*request.mutable_parameters())["decode"].set_string_param("scaled");
  auto& parameters = AddOutput("features", request);
  parameters["channels"].set_int64_param(5);
  parameters["reduction"].set_string_param("random_projection");
  parameters["seed"].set_uint64_param(11);
  parameters["pooling"].set_string_param("generalized_mean");
  parameters["grid"].set_string_param("2x4");
  parameters["exponent"].set_double_param(2.5);
  parameters["l2_normalize"].set_bool_param(true);
  parameters["data_type"].set_string_param("FP16");
  parameters["layout"].set_string_param("hwc");
  AddOutput("features", request)["reduction_name"].set_string_param("head");
  const ModelInferResponse response = Inferred(request);
  ASSERT_EQ(response.outputs_size(), 2);
  EXPECT_EQ(response.outputs(0).datatype(), "FP16");
  EXPECT_THAT(response.outputs(0).shape(), ElementsAre(1, 2, 4, 5));
  EXPECT_TRUE(response.raw_output_contents(0) == wanted.results(0).features(0).content());
  EXPECT_EQ(response.outputs(0).parameters().at("reduction").string_param(), wanted.results(0).features(0).reduction());
  EXPECT_THAT(response.outputs(1).shape(), ElementsAre(1, 30, 16, 16));
  EXPECT_TRUE(response.raw_output_contents(1) == wanted.results(0).features(1).content());
}

TEST_F(KserveInfer, ParametersOfTheRequestCountForOutputsThatSayNothingElse) {
  ModelInferRequest request = EncodedRequest({picture_});
  (*request.mutable_parameters())["channels"].set_int64_param(4);
  (*request.mutable_parameters())["pooling"].set_string_param("average");
  AddOutput("features", request);
  auto& own = AddOutput("features", request);
  own["channels"].set_int64_param(3);
  own["pooling"].set_string_param("none");
  const ModelInferResponse response = Inferred(request);
  ASSERT_EQ(response.outputs_size(), 2);
  EXPECT_THAT(response.outputs(0).shape(), ElementsAre(1, 4));
  EXPECT_THAT(response.outputs(1).shape(), ElementsAre(1, 3, 16, 16));
  request.clear_outputs();
  EXPECT_EQ(Refused(request).field, "outputs");
}

TEST_F(KserveInfer, Uint8ComesWithScalesAndZeroPointsOfEachImageAndChannel) {
  const std::string other = EncodedPicture(70, 90, ".png", 40);
  v1::ExtractFeaturesRequest ours;
  AddImages(1, picture_, ours);
  AddImages(1, other, ours);
  v1::FeatureRequest& feature = *ours.add_features();
  feature.set_layer("features");
  feature.set_channels(4);
  feature.set_data_type(v1::UINT8);
  const v1::ExtractFeaturesResponse wanted = Extracted(ours);
  ModelInferRequest request = EncodedRequest({picture_, other});
  auto& parameters = AddOutput("features", request);
  parameters["channels"].set_int64_param(4);
  parameters["data_type"].set_string_param("UINT8");
  const ModelInferResponse response = Inferred(request);
  ASSERT_EQ(response.outputs_size(), 1);
  EXPECT_EQ(response.outputs(0).datatype(), "UINT8");
  EXPECT_EQ(response.outputs(0).parameters().at("explained_variance").double_param(), 0.85);
  std::vector<float> scales;
  std::vector<int> zero_points;
  for (const auto text : absl::StrSplit(response.outputs(0).parameters().at("scale").string_param(), ',')) {
    scales.push_back(std::stof(std::string(text)));
  }
  for (const auto text : absl::StrSplit(response.outputs(0).parameters().at("zero_point").string_param(), ',')) {
    zero_points.push_back(std::stoi(std::string(text)));
  }
  std::vector<float> wanted_scales;
  std::vector<int> wanted_zero_points;
  std::string wanted_bytes;
  for (const v1::ImageResult& result : wanted.results()) {
    const v1::FeatureMap& map = result.features(0);
    wanted_scales.insert(wanted_scales.end(), map.scale().begin(), map.scale().end());
    wanted_zero_points.insert(wanted_zero_points.end(), map.zero_point().begin(), map.zero_point().end());
    wanted_bytes += map.content();
  }
  EXPECT_EQ(scales, wanted_scales);
  EXPECT_EQ(zero_points, wanted_zero_points);
  EXPECT_TRUE(response.raw_output_contents(0) == wanted_bytes);
}

TEST_F(KserveInfer, NativePicturesMustGiveMapsOfOneSize) {
  ModelInferRequest request = EncodedRequest({picture_, EncodedPicture(81, 61)});
  (*request.mutable_parameters())["input_size"].set_string_param("native");
  AddOutput("features", request);
  EXPECT_THAT(Inferred(request).outputs(0).shape(), ElementsAre(2, 24, 30, 40));
  request.set_raw_input_contents(0, ::onebyone::testing::RawStrings({picture_, EncodedPicture(90, 60)}));
  const Outcome outcome = Refused(request);
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(outcome.field, "image[1]");
  EXPECT_THAT(outcome.status.error_message(), HasSubstr("90x60"));
}

TEST_F(KserveInfer, OneBrokenImageFailsTheRequestAndIsNamed) {
  ModelInferRequest request = EncodedRequest({picture_, picture_, "no picture"});
  for (const char* size : {"model", "native"}) {
    (*request.mutable_parameters())["input_size"].set_string_param(size);
    AddOutput("features", request);
    const Outcome outcome = Refused(request);
    EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << size;
    EXPECT_EQ(outcome.field, "image[2]") << size;
    EXPECT_THAT(outcome.status.error_message(), StartsWith("image[2]: ")) << size;
  }
}

TEST_F(KserveInfer, TheNetworksInputMustBeFinite) {
  ModelInferRequest request;
  AddInput("FP32", {2, 3, 32, 32}, request);
  std::vector<float> values(2 * 3 * 32 * 32);
  values[3 * 32 * 32 + 17] = std::numeric_limits<float>::quiet_NaN();
  request.add_raw_input_contents(
      std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)));
  const Outcome outcome = Refused(request);
  EXPECT_EQ(outcome.field, "image[1]");
  EXPECT_THAT(outcome.status.error_message(), HasSubstr("nan at element 17"));
}

TEST_F(KserveInfer, ATimeoutTightensTheDeadline) {
  ModelInferRequest request = EncodedRequest({EncodedPicture(2000, 2000, ".jpg")});
  (*request.mutable_parameters())["timeout"].set_int64_param(1);
  const Outcome outcome = Refused(request);
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(outcome.trailers.count("grpc-retry-pushback-ms"), 1U);
  (*request.mutable_parameters())["timeout"].set_uint64_param(60'000'000);
  Inferred(request);
}

TEST_F(KserveInfer, ATimeoutEndsARequestThatWaitsWithoutALane) {
  ServerOptions options = TinyServerOptions();
  options.scheduler.lanes = 1;
  Serve(options);
  ModelInferRequest slow = EncodedRequest({EncodedPicture(8000, 5000, ".jpg")});
  (*slow.mutable_parameters())["decode"].set_string_param("exact");
  auto ahead = std::async(std::launch::async, [&] { return Inferred(slow); });
  ASSERT_TRUE(WaitForWork(*server_));
  ModelInferRequest request = EncodedRequest({picture_});
  (*request.mutable_parameters())["timeout"].set_int64_param(20'000);
  const Outcome outcome = Refused(request);
  EXPECT_EQ(ahead.wait_for(std::chrono::seconds(0)), std::future_status::timeout) << "the lane came first";
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_THAT(outcome.status.error_message(), HasSubstr("waited for a lane"));
  ahead.get();
  EXPECT_TRUE(server_->scheduler().admission().WaitUntilEmpty(absl::Seconds(60)));
}

TEST_F(KserveInfer, TakesPrioritiesAsNumbersOrWords) {
  ModelInferRequest request = EncodedRequest({picture_});
  auto& priority = (*request.mutable_parameters())["priority"];
  for (const uint64_t number : {0, 1, 2, 1000}) {
    priority.set_uint64_param(number);
    Inferred(request);
  }
  for (const char* word : {"interactive", "bulk"}) {
    priority.set_string_param(word);
    Inferred(request);
  }
  priority.set_string_param("urgent");
  const Outcome outcome = Refused(request);
  EXPECT_EQ(outcome.field, "parameters.priority");
  EXPECT_THAT(outcome.status.error_message(), HasSubstr("wanted interactive, bulk; got 'urgent'"));
}

TEST_F(KserveInfer, AClientThatGoesAwayTakesItsWorkWithIt) {
  ServerOptions options = TinyServerOptions();
  options.scheduler.lanes = 1;
  Serve(options);
  const ModelInferRequest request = EncodedRequest(std::vector<std::string>(64, EncodedPicture(2000, 2000, ".jpg")));
  grpc::ClientContext context;
  ModelInferResponse response;
  auto call = std::async(std::launch::async, [&] { return kserve_->ModelInfer(&context, request, &response); });
  EXPECT_TRUE(WaitForWork(*server_));
  context.TryCancel();
  EXPECT_EQ(call.get().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(server_->scheduler().admission().WaitUntilEmpty(absl::Seconds(60)));
  EXPECT_EQ(server_->scheduler().admission().waiting_images(), 0);
  EXPECT_EQ(server_->scheduler().admission().bytes(), 0);
}

TEST_F(KserveInfer, RefusalsSayWhenToTryAgain) {
  server_->scheduler().admission().StartDraining();
  const Outcome outcome = Refused(EncodedRequest({picture_}));
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(outcome.trailers.count("grpc-retry-pushback-ms"), 1U);
}

}  // namespace
}  // namespace onebyone
