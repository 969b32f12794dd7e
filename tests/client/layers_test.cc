#include <gmock/gmock.h>

#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <random>

#include "client/render/components.h"
#include "client/render/layers_sheet.h"
#include "tests/client/maps.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GeometryOf;
using ::onebyone::testing::JpegOf;
using ::onebyone::testing::MapOf;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// 12 channels over 6 x 5 cells that are made of `hidden` patterns of falling strength.
struct MadeOfPatterns {
  std::vector<std::vector<float>> patterns;
  v1::FeatureMap map;
};
MadeOfPatterns Mixed(int hidden) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  MadeOfPatterns mixed;
  std::vector<float> values(12 * 30);
  for (int h = 0; h < hidden; ++h) {
    std::vector<float>& pattern = mixed.patterns.emplace_back(30);
    for (float& value : pattern) value = normal(random);
    for (size_t c = 0; c < 12; ++c) {
      // Directions that are orthogonal: four channels each.
      if (c / 4 != static_cast<size_t>(h)) continue;
      for (size_t i = 0; i < 30; ++i) values[c * 30 + i] += pattern[i] * std::pow(0.3f, static_cast<float>(h));
    }
  }
  mixed.map = MapOf({12, 6, 5}, values);
  return mixed;
}

double Correlation(const cv::Mat& map, const std::vector<float>& pattern) {
  const cv::Mat a(map.reshape(1, 1));
  const cv::Mat b(1, static_cast<int>(pattern.size()), CV_32F, const_cast<float*>(pattern.data()));
  const cv::Mat centred_a = a - cv::mean(a)[0];
  const cv::Mat centred_b = b - cv::mean(b)[0];
  return centred_a.dot(centred_b) / cv::norm(centred_a) / cv::norm(centred_b);
}

TEST(ComponentsOfMap, AreThePatternsItIsMadeOfTheStrongestFirst) {
  const MadeOfPatterns mixed = Mixed(3);
  ASSERT_OK_AND_ASSIGN(const Activations activations, ActivationsOf(mixed.map));
  const Components components = ComponentsOfMap(activations);
  ASSERT_THAT(components.maps, SizeIs(3));
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(components.maps[i].size(), cv::Size(5, 6));
    EXPECT_GT(Correlation(components.maps[i], mixed.patterns[i]), 0.9) << i;  // and the sign is the channels' own
  }
  EXPECT_THAT(components.source, HasSubstr("components of this map alone (none are fitted), 100.0 % of its variance"));
}

TEST(ComponentsOfMap, AreFewerWhereThereAreFewerChannelsOrCells) {
  ASSERT_OK_AND_ASSIGN(const Activations narrow, ActivationsOf(MapOf({2, 1, 3}, {1, 2, 3, 4, 5, 7})));
  EXPECT_THAT(ComponentsOfMap(narrow).maps, SizeIs(2));
  ASSERT_OK_AND_ASSIGN(const Activations small, ActivationsOf(MapOf({4, 1, 1}, {1, 2, 3, 4})));
  const Components single = ComponentsOfMap(small);
  EXPECT_THAT(single.maps, SizeIs(1));
  EXPECT_EQ(ComponentColors(single.maps).at<cv::Vec3f>(0, 0), cv::Vec3f(128, 128, 128));
}

TEST(ComponentsOf, AreTheStoredOnesWhereThereAreAny) {
  LayerView layer = {.map = Mixed(2).map, .components = MapOf({3, 6, 5}, std::vector<float>(90, 7))};
  layer.components->set_reduction("pca(l)");
  layer.components->set_explained_variance(0.25);
  ASSERT_OK_AND_ASSIGN(const Activations activations, ActivationsOf(layer.map));
  ASSERT_OK_AND_ASSIGN(const Components components, ComponentsOf(layer, activations));
  EXPECT_EQ(components.source, "pca(l), fitted on pictures, 25.0 % of their variance");
  EXPECT_EQ(components.maps[2].at<float>(0, 0), 7);
  layer.components = MapOf({3, 1, 2}, std::vector<float>(6));
  EXPECT_THAT(ComponentsOf(layer, activations),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("want 6 x 5 cells, got 1 x 2")));
}

TEST(ComponentColors, ShowTheFirstComponentAsRedTheThirdAsBlue) {
  const cv::Mat ramp = (cv::Mat_<float>(1, 3) << -1, 0, 1);
  const cv::Mat flat = cv::Mat::zeros(1, 3, CV_32F);
  EXPECT_EQ(ComponentColors({ramp, flat, flat}).at<cv::Vec3f>(0, 2), cv::Vec3f(128, 128, 255));
  EXPECT_EQ(ComponentColors({flat, ramp, flat}).at<cv::Vec3f>(0, 0), cv::Vec3f(128, 0, 128));
  EXPECT_EQ(ComponentColors({flat, flat, ramp}).at<cv::Vec3f>(0, 2), cv::Vec3f(255, 128, 128));
}

// A 4x4 map on a photograph of which the network saw the middle 64 pixels.
TEST(DrawComponentMap, ColoursOnlyWhereCellsLie) {
  const cv::Mat photograph(64, 164, CV_8UC3, cv::Scalar(90, 90, 90));
  const MapPlacement placement =
      PlaceMap(MapOf({1, 4, 4}, std::vector<float>(16)).geometry(), {4, 4}, photograph.size());
  const cv::Mat red(4, 4, CV_32FC3, cv::Scalar(0, 0, 255));
  const cv::Mat alone = DrawComponentMap(photograph, red, placement, kAlone);
  EXPECT_EQ(alone.at<cv::Vec3b>(32, 82), cv::Vec3b(0, 0, 255));
  EXPECT_EQ(alone.at<cv::Vec3b>(32, 10), cv::Vec3b(32, 32, 32));
  const cv::Mat over = DrawComponentMap(photograph, red, placement, kOverPhotograph);
  EXPECT_EQ(over.at<cv::Vec3b>(32, 82), cv::Vec3b(36, 36, 189));
}

class LayersSheet : public ::testing::TestWithParam<LayerLook> {};

TEST_P(LayersSheet, IsAPictureOfLayersOfAnyShape) {
  const std::string photograph = JpegOf(cv::Mat(128, 328, CV_8UC3, cv::Scalar(90, 120, 150)));
  std::vector<LayerView> layers;
  for (const std::vector<int64_t>& shape :
       std::vector<std::vector<int64_t>>{{1, 4, 4}, {256, 28, 28}, {5, 1, 1}, {7}, {3, 1, 200}, {1500}, {2, 9, 1}}) {
    int64_t elements = 1;
    for (const int64_t extent : shape) elements *= extent;
    std::vector<float> values(static_cast<size_t>(elements));
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * 7919 % 1000);
    layers.push_back({.map = MapOf(shape, values), .components = std::nullopt});
  }
  const ViewCaption caption = {.model = "fake", .version = 1, .image_name = std::string(300, 'w')};
  ASSERT_OK_AND_ASSIGN(const std::string png, DrawLayersSheet(photograph, layers, GetParam(), caption));
  const cv::Mat sheet = cv::imdecode(std::vector<uint8_t>(png.begin(), png.end()), cv::IMREAD_COLOR);
  EXPECT_EQ(sheet.cols, 80 + 4 * 440 + 3 * 32);
  EXPECT_GT(sheet.rows, 600);
  EXPECT_LT(sheet.rows, 3000);
}
INSTANTIATE_TEST_SUITE_P(All, LayersSheet, ::testing::Values(LayerLook::kActivation, LayerLook::kComponents));

TEST(DrawLayersSheet, RefusesTooManyLayersAndNone) {
  const std::string photograph = JpegOf(cv::Mat(8, 8, CV_8UC3, cv::Scalar(1, 2, 3)));
  EXPECT_THAT(DrawLayersSheet(photograph, {}, LayerLook::kActivation, {}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(DrawLayersSheet(photograph, std::vector<LayerView>(kMaxSheetLayers + 1), LayerLook::kActivation, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--html")));
}

}  // namespace
}  // namespace onebyone
