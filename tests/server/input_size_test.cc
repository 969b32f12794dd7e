// Input sizes through a channel: what each mode gives, where its cells lie, what native pictures may be.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>

#include <cmath>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "tests/image/encoded.h"
#include "tests/server/service_fixture.h"

namespace onebyone {
namespace {

using ::onebyone::testing::EncodedPicture;
using ::onebyone::testing::Picture;
using ::onebyone::testing::TinyServerOptions;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using InputSizes = ::onebyone::testing::Service;

std::vector<float> Floats(const v1::FeatureMap& feature) {
  std::vector<float> values(feature.content().size() / sizeof(float));
  std::memcpy(values.data(), feature.content().data(), feature.content().size());
  return values;
}

v1::ExtractFeaturesRequest Request(v1::InputSize size, const std::vector<std::string>& pictures,
                                   const std::string& layer) {
  v1::ExtractFeaturesRequest request;
  for (const std::string& picture : pictures) request.add_images()->set_content(picture);
  request.set_input_size(size);
  request.add_features()->set_layer(layer);
  return request;
}

// The field that a status tells.
std::string FieldOf(const google::rpc::Status& status) {
  google::rpc::BadRequest detail;
  if (status.details_size() != 1 || !status.details(0).UnpackTo(&detail)) return "";
  return detail.field_violations(0).field();
}

TEST_F(InputSizes, PicturesOfSeveralSizesInOneRequestHaveMapsOfTheirOwn) {
  const std::vector<std::string> pictures = {EncodedPicture(80, 60), EncodedPicture(33, 41, ".jpg"),
                                             EncodedPicture(200, 32), EncodedPicture(80, 60)};
  const v1::ExtractFeaturesResponse native = Extracted(Request(v1::NATIVE, pictures, "block/output"));
  ASSERT_EQ(native.results_size(), 4);
  EXPECT_THAT(native.results(0).features(0).shape(), ElementsAre(24, 30, 40));
  EXPECT_THAT(native.results(1).features(0).shape(), ElementsAre(24, 20, 16));
  EXPECT_THAT(native.results(2).features(0).shape(), ElementsAre(24, 16, 100));
  EXPECT_EQ(native.results(3).features(0).content(), native.results(0).features(0).content());
  EXPECT_EQ(native.results(1).features(0).geometry().input_width(), 32);
  EXPECT_EQ(native.results(1).features(0).geometry().input_height(), 40);
  EXPECT_EQ(native.results(1).features(0).geometry().image_width(), 33);
  for (const v1::InputSize size : {v1::SQUASH, v1::LETTERBOX, v1::MODEL}) {
    const v1::ExtractFeaturesResponse response = Extracted(Request(size, pictures, "block/output"));
    for (const v1::ImageResult& result : response.results()) {
      EXPECT_THAT(result.features(0).shape(), ElementsAre(24, 16, 16));
    }
  }
}

TEST_F(InputSizes, AVectorBecomesAMapOfVectors) {
  // The mean over 16 x 16 cells, at each of their places.
  const v1::ExtractFeaturesResponse response = Extracted(Request(v1::NATIVE, {EncodedPicture(40, 34)}, "embedding"));
  EXPECT_THAT(response.results(0).features(0).shape(), ElementsAre(24, 2, 5));
}

TEST_F(InputSizes, NativeMapsAreReducedPooledAndConvertedLikeOthers) {
  v1::ExtractFeaturesRequest request = Request(v1::NATIVE, {EncodedPicture(80, 60)}, "block/output");
  request.mutable_features(0)->set_channels(4);
  for (const v1::DataType type : {v1::FLOAT16, v1::BFLOAT16, v1::UINT8}) {
    v1::FeatureRequest& feature = *request.add_features();
    feature.set_layer("block/output");
    feature.set_channels(4);
    feature.set_data_type(type);
    feature.set_layout(v1::HWC);
  }
  v1::FeatureRequest& grid = *request.add_features();
  grid.set_layer("block/output");
  grid.mutable_pooling()->set_kind(v1::Pooling::AVERAGE);
  grid.mutable_pooling()->set_grid_height(30);
  grid.mutable_pooling()->set_grid_width(20);
  v1::FeatureRequest& random = *request.add_features();
  random.set_layer("block/output");
  random.set_channels(3);
  random.set_reduction(v1::RANDOM_PROJECTION);
  random.set_l2_normalize(true);
  v1::FeatureRequest& head = *request.add_features();
  head.set_layer("features");
  head.set_reduction_name("head");
  const v1::ExtractFeaturesResponse response = Extracted(request);
  ASSERT_EQ(response.results(0).features_size(), 7) << response.results(0).status().message();
  const auto& features = response.results(0).features();
  EXPECT_THAT(features[0].shape(), ElementsAre(4, 30, 40));
  EXPECT_EQ(features[0].reduction(), "pca");
  for (int i = 1; i < 4; ++i) EXPECT_THAT(features[i].shape(), ElementsAre(30, 40, 4));
  EXPECT_EQ(features[1].content().size(), 30U * 40 * 4 * 2);
  EXPECT_EQ(features[3].content().size(), 30U * 40 * 4);
  EXPECT_THAT(features[4].shape(), ElementsAre(24, 30, 20));
  EXPECT_EQ(features[4].geometry().stride_x(), 4);
  EXPECT_EQ(features[4].geometry().stride_y(), 2);
  EXPECT_THAT(features[5].shape(), ElementsAre(3, 30, 40));
  EXPECT_THAT(features[6].shape(), ElementsAre(30, 30, 40));
}

TEST_F(InputSizes, ANativePictureThatDoesNotFitFailsAlone) {
  ServerOptions options = TinyServerOptions();
  options.limits.max_native_pixels = 100 * 60;
  Start(options);
  v1::ExtractFeaturesRequest request = Request(
      v1::NATIVE, {EncodedPicture(80, 60), EncodedPicture(101, 60), EncodedPicture(40, 31), "no picture"}, "embedding");
  const v1::ExtractFeaturesResponse response = Extracted(request);
  EXPECT_EQ(response.results(0).status().code(), 0) << response.results(0).status().message();
  for (int i = 1; i < 4; ++i) {
    EXPECT_EQ(response.results(i).status().code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(FieldOf(response.results(i).status()), absl::StrCat("images[", i, "].content"));
    EXPECT_EQ(response.results(i).features_size(), 0);
  }
  EXPECT_THAT(response.results(1).status().message(),
              AllOf(HasSubstr("max_native_pixels"), HasSubstr("at most 6000"), HasSubstr("101x60, which are 6060")));
  EXPECT_THAT(response.results(2).status().message(),
              AllOf(HasSubstr("'embedding'"), HasSubstr("at least 32x32"), HasSubstr("40x31"), HasSubstr("40x30")));
}

TEST_F(InputSizes, ALayerThatNeedsTheOwnSizeIsRefusedAtOthers) {
  v1::ExtractFeaturesRequest request = Request(v1::NATIVE, {picture_}, "block/output");
  request.add_features()->set_layer("flat");
  v1::ExtractFeaturesResponse response;
  const grpc::Status status = Extract(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), AllOf(HasSubstr("features[1].layer"), HasSubstr("'flat'"), HasSubstr("32x32")));
  request.set_input_size(v1::LETTERBOX);
  EXPECT_THAT(Extracted(request).results(0).features(1).shape(), ElementsAre(24 * 16 * 16));
}

TEST_F(InputSizes, AGridIsComparedWithTheMapOfEachPicture) {
  v1::ExtractFeaturesRequest request =
      Request(v1::NATIVE, {EncodedPicture(80, 60), EncodedPicture(40, 36)}, "block/output");
  v1::Pooling& pooling = *request.mutable_features(0)->mutable_pooling();
  pooling.set_kind(v1::Pooling::MAX);
  pooling.set_grid_height(18);
  pooling.set_grid_width(21);
  const v1::ExtractFeaturesResponse response = Extracted(request);
  EXPECT_THAT(response.results(0).features(0).shape(), ElementsAre(24, 18, 21));
  EXPECT_EQ(response.results(1).status().code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(FieldOf(response.results(1).status()), "features[0].pooling.grid_width");
  EXPECT_THAT(response.results(1).status().message(),
              AllOf(HasSubstr("18 x 20"), HasSubstr("1 to 20"), HasSubstr("21")));
}

TEST_F(InputSizes, ARequestThatNoIdleServerCouldTakeIsNotToldToTryAgain) {
  ServerOptions options = TinyServerOptions();
  options.limits.max_message_bytes = 1 << 20;
  options.limits.max_answer_bytes = 1 << 20;
  options.scheduler.max_queued_bytes = 2 << 20;
  Start(options);
  // 800 x 700 pixels of 3 floats are 6.7 MB; what is sent and answered is little.
  v1::ExtractFeaturesRequest request = Request(v1::NATIVE, {EncodedPicture(800, 700)}, "block/output");
  request.mutable_features(0)->mutable_pooling()->set_kind(v1::Pooling::AVERAGE);
  v1::ExtractFeaturesResponse response;
  const grpc::Status status = Extract(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), AllOf(HasSubstr("max_queued_bytes"), HasSubstr("2097152")));
  request.set_input_size(v1::SQUASH);
  EXPECT_TRUE(Extract(request, &response).ok());
}

TEST_F(InputSizes, TheAnswerOfNativePicturesIsKnownBeforeAnyWork) {
  ServerOptions options = TinyServerOptions();
  options.limits.max_answer_bytes = 24 * 30 * 40 * 4 + 24 * 16 * 16 * 4 - 1;
  Start(options);
  v1::ExtractFeaturesResponse response;
  const grpc::Status status =
      Extract(Request(v1::NATIVE, {EncodedPicture(80, 60), EncodedPicture(32, 33)}, "block/output"), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr(absl::StrCat(24 * 30 * 40 * 4 + 24 * 16 * 16 * 4)));
}

TEST_F(InputSizes, AModelTellsWhichLayersAreFullyConvolutional) {
  grpc::ClientContext context;
  v1::GetModelResponse model;
  ASSERT_TRUE(stub_->GetModel(&context, {}, &model).ok());
  EXPECT_EQ(model.native().stride_x(), 2);
  EXPECT_EQ(model.native().stride_y(), 2);
  EXPECT_EQ(model.native().max_pixels(), 2 << 20);
  for (const v1::Layer& layer : model.layers()) {
    if (layer.name() == "flat") {
      EXPECT_FALSE(layer.is_fully_convolutional());
      continue;
    }
    EXPECT_TRUE(layer.is_fully_convolutional()) << layer.name();
    const bool is_mean = layer.name() == "pool" || layer.name() == "embedding";
    EXPECT_EQ(layer.least_native_height(), is_mean ? 32 : 2) << layer.name();
    EXPECT_EQ(layer.least_native_width(), is_mean ? 32 : 2) << layer.name();
  }
}

TEST_F(InputSizes, AStreamTakesThemAll) {
  grpc::ClientContext context;
  const auto stream = stub_->StreamFeatures(&context);
  const std::vector<v1::InputSize> sizes = {v1::MODEL, v1::SQUASH, v1::LETTERBOX, v1::NATIVE};
  for (const v1::InputSize size : sizes) {
    v1::StreamFeaturesRequest request;
    request.set_request_id(v1::InputSize_Name(size));
    *request.mutable_request() =
        Request(size, {EncodedPicture(80, 60), EncodedPicture(50, 90), EncodedPicture(36, 36)}, "block/output");
    ASSERT_TRUE(stream->Write(request));
  }
  stream->WritesDone();
  v1::StreamFeaturesResponse response;
  int answers = 0;
  while (stream->Read(&response)) {
    ++answers;
    EXPECT_EQ(response.status().code(), 0) << response.status().message();
    const bool is_native = response.request_id() == "NATIVE";
    ASSERT_EQ(response.response().results_size(), 3);
    EXPECT_EQ(response.response().results(1).features(0).shape(1), is_native ? 45 : 16);
    EXPECT_EQ(response.response().results(1).features(0).shape(2), is_native ? 25 : 16);
  }
  EXPECT_EQ(answers, 4);
  EXPECT_TRUE(stream->Finish().ok());
}

// -- Geometry: a bright dot of the upright original lies in the cells that the answer says.

struct Point {
  double x = 0;
  double y = 0;
};

constexpr int kPictureWidth = 320;
constexpr int kPictureHeight = 262;
constexpr int kDotSide = 24;

// As a JPEG: black, with a bright dot whose corner is at (x, y) as stored; no dot where x is negative.
std::string Dot(int64_t x, int64_t y, int orientation) {
  Picture picture(kPictureWidth, kPictureHeight);
  if (x >= 0) {
    for (int64_t row = y; row < y + kDotSide; ++row) {
      for (int64_t column = x; column < x + kDotSide; ++column) picture.at(column, row) = {255, 255, 255};
    }
  }
  return testing::WithJpegSegment(testing::EncodeJpeg(picture), 0xE1, testing::Exif(orientation));
}

// Where the middle of the dot is once the picture is upright.
Point Upright(double x, double y, int orientation) {
  constexpr double kLastX = kPictureWidth - 1;
  constexpr double kLastY = kPictureHeight - 1;
  switch (orientation) {
    case 2: return {kLastX - x, y};
    case 3: return {kLastX - x, kLastY - y};
    case 4: return {x, kLastY - y};
    case 5: return {y, x};
    case 6: return {kLastY - y, x};
    case 7: return {kLastY - y, kLastX - x};
    case 8: return {y, kLastX - x};
    default: return {x, y};
  }
}

// The middle of the cells where two maps differ, by how much they do, as a point of the original.
Point MiddleOfDifference(const v1::FeatureMap& with, const v1::FeatureMap& without) {
  const std::vector<float> a = Floats(with);
  const std::vector<float> b = Floats(without);
  const int64_t height = with.shape(1);
  const int64_t width = with.shape(2);
  double sum = 0;
  Point cell;
  for (size_t i = 0; i < a.size(); ++i) {
    const double weight = std::abs(a[i] - b[i]);
    sum += weight;
    cell.x += weight * static_cast<double>(static_cast<int64_t>(i) % width);
    cell.y += weight * static_cast<double>(static_cast<int64_t>(i) / width % height);
  }
  EXPECT_GT(sum, 0) << "the dot is not seen";
  const v1::Geometry& geometry = with.geometry();
  const double x = geometry.offset_x() + cell.x / sum * geometry.stride_x();
  const double y = geometry.offset_y() + cell.y / sum * geometry.stride_y();
  return {geometry.input_to_image_xx() * x + geometry.input_to_image_x0(),
          geometry.input_to_image_yy() * y + geometry.input_to_image_y0()};
}

class DotGeometry : public InputSizes,
                    public ::testing::WithParamInterface<std::tuple<v1::InputSize, int, v1::Decode, bool>> {};

TEST_P(DotGeometry, FindsTheDotWhereverItMoves) {
  const auto [size, orientation, decode, is_pooled] = GetParam();
  const auto maps_of = [&, size = size, decode = decode, is_pooled = is_pooled](const std::vector<std::string>& dots) {
    v1::ExtractFeaturesRequest request = Request(size, dots, "block/output");
    request.set_decode(decode);
    request.mutable_features(0)->set_channels(4);  // all of them would be more than a channel takes by default
    if (is_pooled) {
      v1::Pooling& pooling = *request.mutable_features(0)->mutable_pooling();
      pooling.set_kind(v1::Pooling::AVERAGE);
      pooling.set_grid_height(8);
      pooling.set_grid_width(8);
    }
    return Extracted(request);
  };
  const std::vector<std::pair<int64_t, int64_t>> corners = {{150, 120}, {90, 70}, {201, 163}};
  std::vector<std::string> pictures = {Dot(-1, -1, orientation)};
  for (const auto& [x, y] : corners) pictures.push_back(Dot(x, y, orientation));
  const v1::ExtractFeaturesResponse response = maps_of(pictures);
  for (size_t i = 0; i < corners.size(); ++i) {
    const v1::ImageResult& result = response.results(static_cast<int>(i) + 1);
    ASSERT_EQ(result.status().code(), 0) << result.status().message();
    const v1::FeatureMap& map = result.features(0);
    const Point found = MiddleOfDifference(map, response.results(0).features(0));
    constexpr double kHalf = (kDotSide - 1) / 2.0;
    const Point wanted = Upright(static_cast<double>(corners[i].first) + kHalf,
                                 static_cast<double>(corners[i].second) + kHalf, orientation);
    // Half a cell, for the network has its own opinion of what an edge is.
    const v1::Geometry& geometry = map.geometry();
    EXPECT_NEAR(found.x, wanted.x, 0.5 * geometry.stride_x() * geometry.input_to_image_xx());
    EXPECT_NEAR(found.y, wanted.y, 0.5 * geometry.stride_y() * geometry.input_to_image_yy());
  }
}

INSTANTIATE_TEST_SUITE_P(Turned, DotGeometry,
                         ::testing::Combine(::testing::Values(v1::MODEL, v1::SQUASH, v1::LETTERBOX, v1::NATIVE),
                                            ::testing::Range(1, 9), ::testing::Values(v1::EXACT, v1::SCALED),
                                            ::testing::Bool()),
                         [](const auto& test) {
                           return absl::StrCat(v1::InputSize_Name(std::get<0>(test.param)), "_",
                                               std::get<1>(test.param), "_", v1::Decode_Name(std::get<2>(test.param)),
                                               std::get<3>(test.param) ? "_pooled" : "");
                         });

}  // namespace
}  // namespace onebyone
