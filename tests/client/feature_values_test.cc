#include "client/feature_values.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <opencv2/core.hpp>
#include <utility>

#include "engine/base/npy.h"
#include "tests/client/fake_server.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::KnownMap;
using ::onebyone::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::FeatureMap MapOf(v1::DataType type, std::vector<int64_t> shape, std::string content) {
  v1::FeatureMap map;
  map.set_layer("l");
  map.set_data_type(type);
  map.set_layout(v1::CHW);
  for (const int64_t extent : shape) map.add_shape(extent);
  map.set_content(std::move(content));
  return map;
}

template <typename T>
std::string Bytes(const std::vector<T>& elements) {
  return {reinterpret_cast<const char*>(elements.data()), elements.size() * sizeof(T)};
}

// OpenCV's own conversion judges all 65536 patterns.
TEST(FloatValues, ReadsEveryFloat16AsOpenCvDoes) {
  std::vector<uint16_t> patterns(1 << 16);
  for (size_t i = 0; i < patterns.size(); ++i) patterns[i] = static_cast<uint16_t>(i);
  ASSERT_OK_AND_ASSIGN(const std::vector<float> values, FloatValues(MapOf(v1::FLOAT16, {1 << 16}, Bytes(patterns))));
  cv::Mat judged;
  cv::Mat(1, 1 << 16, CV_16F, patterns.data()).convertTo(judged, CV_32F);
  for (int i = 0; i < 1 << 16; ++i) {
    const float wanted = judged.at<float>(0, i);
    const float got = values[static_cast<size_t>(i)];
    if (std::isnan(wanted)) {
      EXPECT_TRUE(std::isnan(got)) << i;
    } else {
      EXPECT_EQ(got, wanted) << i;
    }
  }
}

TEST(FloatValues, ReadsBfloat16) {
  const std::vector<uint16_t> patterns = {0x3f80, 0xc000, 0x0000, 0x7f80};
  EXPECT_THAT(FloatValues(MapOf(v1::BFLOAT16, {4}, Bytes(patterns))),
              IsOkAndHolds(ElementsAre(1, -2, 0, std::numeric_limits<float>::infinity())));
}

class Uint8Layout : public ::testing::TestWithParam<v1::Layout> {};

TEST_P(Uint8Layout, ScalesEachChannelByItsOwn) {
  const bool hwc = GetParam() == v1::HWC;
  v1::FeatureMap map = MapOf(v1::UINT8, hwc ? std::vector<int64_t>{1, 2, 2} : std::vector<int64_t>{2, 1, 2},
                             hwc ? Bytes<uint8_t>({10, 1, 255, 2}) : Bytes<uint8_t>({10, 255, 1, 2}));
  map.set_layout(GetParam());
  for (const float scale : {0.5f, 10.0f}) map.add_scale(scale);
  for (const int zero : {10, 0}) map.add_zero_point(zero);
  if (hwc) {
    EXPECT_THAT(FloatValues(map), IsOkAndHolds(ElementsAre(0, 10, 122.5, 20)));
  } else {
    EXPECT_THAT(FloatValues(map), IsOkAndHolds(ElementsAre(0, 122.5, 10, 20)));
  }
}
INSTANTIATE_TEST_SUITE_P(All, Uint8Layout, ::testing::Values(v1::CHW, v1::HWC));

class NpyType : public ::testing::TestWithParam<std::pair<v1::DataType, const char*>> {};

TEST_P(NpyType, IsNumPysNearest) {
  v1::FeatureRequest feature;
  feature.set_data_type(GetParam().first);
  ASSERT_OK_AND_ASSIGN(const std::string file, NpyFile(KnownMap(feature, 0, "\x01")));
  ASSERT_OK_AND_ASSIGN(const NpyArray array, ParseNpy(file));
  EXPECT_EQ(array.descr, GetParam().second);
  EXPECT_THAT(array.shape, ElementsAre(3, 2, 2));
  feature.set_data_type(v1::FLOAT32);
  if (array.descr == "<f4") {
    EXPECT_EQ(array.content, KnownMap(feature, 0, "\x01").content());
  }
}
INSTANTIATE_TEST_SUITE_P(All, NpyType,
                         ::testing::Values(std::pair(v1::FLOAT32, "<f4"), std::pair(v1::FLOAT16, "<f2"),
                                           std::pair(v1::BFLOAT16, "<f4")));

TEST(CheckFeatureMap, TellsExtentInBothLayouts) {
  v1::FeatureMap map = MapOf(v1::UINT8, {2, 3, 4}, std::string(24, '\0'));
  for (int c = 0; c < 4; ++c) {
    map.add_scale(1);
    map.add_zero_point(0);
  }
  map.set_layout(v1::HWC);
  ASSERT_OK_AND_ASSIGN(const MapExtent extent, CheckFeatureMap(map));
  EXPECT_EQ(extent.channels, 4);
  EXPECT_EQ(extent.height, 2);
  EXPECT_EQ(extent.width, 3);
}

struct Contradiction {
  std::string about;
  v1::FeatureMap map;
  std::string message;
};

class ContradictingMap : public ::testing::TestWithParam<Contradiction> {};

TEST_P(ContradictingMap, IsRefusedWithItsReason) {
  EXPECT_THAT(FloatValues(GetParam().map), StatusIs(absl::StatusCode::kInternal, HasSubstr(GetParam().message)));
  EXPECT_THAT(NpyFile(GetParam().map), StatusIs(absl::StatusCode::kInternal, HasSubstr("'l'")));
}

v1::FeatureMap WithLayout(v1::FeatureMap map, int layout) {
  map.set_layout(static_cast<v1::Layout>(layout));
  return map;
}

INSTANTIATE_TEST_SUITE_P(
    All, ContradictingMap,
    ::testing::Values(Contradiction{"short", MapOf(v1::FLOAT32, {2, 1, 1}, "1234567"), "want 8 bytes, got 7"},
                      Contradiction{"long", MapOf(v1::FLOAT16, {1}, "123"), "want 2 bytes, got 3"},
                      Contradiction{"negative", MapOf(v1::FLOAT32, {-1, -1, 1}, "1234"), "shape"},
                      Contradiction{"zero", MapOf(v1::FLOAT32, {0}, ""), "shape"},
                      Contradiction{"overflow", MapOf(v1::UINT8, {int64_t{1} << 32, int64_t{1} << 32, 1}, ""), "shape"},
                      Contradiction{"flat", MapOf(v1::FLOAT32, {1, 1}, "1234"), "1 or 3 dimensions"},
                      Contradiction{"scalar", MapOf(v1::FLOAT32, {}, "1234"), "1 or 3 dimensions"},
                      Contradiction{"typeless", MapOf(v1::DATA_TYPE_UNSPECIFIED, {1}, "1234"), "data type"},
                      Contradiction{"layout", WithLayout(MapOf(v1::FLOAT32, {1, 1, 1}, "1234"), 9), "layout"},
                      Contradiction{"scaleless", MapOf(v1::UINT8, {1}, "1"), "scale"}),
    [](const auto& tested) { return tested.param.about; });

}  // namespace
}  // namespace onebyone
