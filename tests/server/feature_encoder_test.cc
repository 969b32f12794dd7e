#include "server/feature_encoder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "engine/tensor/half.h"

namespace onebyone {
namespace {

using ::testing::ElementsAre;

constexpr int64_t kChannels = 3;
constexpr int64_t kHeight = 2;
constexpr int64_t kWidth = 5;

// Value of channel c, row y, column x.
float ValueAt(int64_t c, int64_t y, int64_t x) { return static_cast<float>(c * 100 + y * 10 + x) * 0.25F - 7; }

std::vector<float> Map() {
  std::vector<float> map;
  for (int64_t c = 0; c < kChannels; ++c) {
    for (int64_t y = 0; y < kHeight; ++y) {
      for (int64_t x = 0; x < kWidth; ++x) map.push_back(ValueAt(c, y, x));
    }
  }
  return map;
}

// Element `index` of an answer as a number, whatever its type.
float Element(const v1::FeatureMap& feature, int64_t index, int64_t channel) {
  const char* bytes = feature.content().data();
  switch (feature.data_type()) {
    case v1::FLOAT32: {
      float value = 0;
      std::memcpy(&value, bytes + index * 4, 4);
      return value;
    }
    case v1::UINT8:
      return feature.scale(static_cast<int>(channel)) *
             static_cast<float>(static_cast<uint8_t>(bytes[index]) - feature.zero_point(static_cast<int>(channel)));
    default: {
      uint16_t bits = 0;
      std::memcpy(&bits, bytes + index * 2, 2);
      return feature.data_type() == v1::FLOAT16 ? ToFloat(Float16{bits}) : ToFloat(BFloat16{bits});
    }
  }
}

class EveryForm : public ::testing::TestWithParam<std::tuple<v1::DataType, v1::Layout>> {};

TEST_P(EveryForm, PutsEachElementWhereShapeAndLayoutSay) {
  const auto [type, layout] = GetParam();
  const std::vector<float> map = Map();
  v1::FeatureMap feature;
  FeatureEncoder encoder;
  encoder.Encode({DataType::kFloat32, {1, kChannels, kHeight, kWidth}, map.data()},
                 {.data_type = type, .layout = layout}, feature);
  EXPECT_EQ(feature.data_type(), type);
  EXPECT_EQ(feature.layout(), layout);
  ASSERT_EQ(feature.content().size(), static_cast<size_t>(kChannels * kHeight * kWidth * WireSize(type)));
  if (layout == v1::CHW) {
    EXPECT_THAT(feature.shape(), ElementsAre(kChannels, kHeight, kWidth));
  } else {
    EXPECT_THAT(feature.shape(), ElementsAre(kHeight, kWidth, kChannels));
  }
  const float tolerance = type == v1::BFLOAT16 ? 0.15F : type == v1::UINT8 ? 0.3F : 0.02F;
  for (int64_t c = 0; c < kChannels; ++c) {
    for (int64_t y = 0; y < kHeight; ++y) {
      for (int64_t x = 0; x < kWidth; ++x) {
        const int64_t index = layout == v1::CHW ? (c * kHeight + y) * kWidth + x : (y * kWidth + x) * kChannels + c;
        EXPECT_NEAR(Element(feature, index, c), ValueAt(c, y, x), tolerance);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, EveryForm,
                         ::testing::Combine(::testing::Values(v1::FLOAT32, v1::FLOAT16, v1::BFLOAT16, v1::UINT8),
                                            ::testing::Values(v1::CHW, v1::HWC)));

TEST(FeatureEncoder, AVectorHasOneExtent) {
  const std::vector<float> values = {1, 2, 3};
  v1::FeatureMap feature;
  FeatureEncoder().Encode({DataType::kFloat32, {1, 3}, values.data()}, {.layout = v1::HWC}, feature);
  EXPECT_THAT(feature.shape(), ElementsAre(3));
  EXPECT_EQ(Element(feature, 2, 2), 3);
}

TEST(FeatureEncoder, AMapPooledToOneCellIsAVector) {
  const std::vector<float> map = Map();
  v1::FeatureMap feature;
  FeatureEncoder().Encode({DataType::kFloat32, {1, kChannels, kHeight, kWidth}, map.data()},
                          {.pooling = {.kind = PoolingSpec::Kind::kMax}}, feature);
  EXPECT_THAT(feature.shape(), ElementsAre(kChannels));
  EXPECT_EQ(Element(feature, 1, 1), ValueAt(1, kHeight - 1, kWidth - 1));
}

TEST(FeatureEncoder, AGridKeepsItsRowsAndColumns) {
  const std::vector<float> map = Map();
  v1::FeatureMap feature;
  FeatureEncoder().Encode(
      {DataType::kFloat32, {1, kChannels, kHeight, kWidth}, map.data()},
      {.pooling = {.kind = PoolingSpec::Kind::kMax, .grid_height = 1, .grid_width = 2}, .layout = v1::HWC}, feature);
  EXPECT_THAT(feature.shape(), ElementsAre(1, 2, kChannels));
  EXPECT_EQ(Element(feature, 0, 0), ValueAt(0, 1, 2));
}

TEST(FeatureEncoder, TakesTheScalesThatAreFixedAndSaturatesBeyond) {
  const std::vector<float> values = {-3, -1, 0, 2.54F, 9, 0.01F};  // of two channels
  const FeatureForm form = {.data_type = v1::UINT8, .fixed = {Uint8RangeOf(-1, 1.55), Uint8RangeOf(0, 2.55)}};
  v1::FeatureMap feature;
  FeatureEncoder().Encode({DataType::kFloat32, {1, 2, 1, 3}, values.data()}, form, feature);
  EXPECT_THAT(feature.scale(), ElementsAre(::testing::FloatEq(0.01F), ::testing::FloatEq(0.01F)));
  EXPECT_THAT(feature.zero_point(), ElementsAre(100, 0));
  EXPECT_EQ(feature.content(), std::string({'\0', '\0', 100, static_cast<char>(254), static_cast<char>(255), 1}));
}

TEST(FeatureEncoder, NormalizesAfterPooling) {
  const std::vector<float> map = Map();
  v1::FeatureMap feature;
  FeatureEncoder().Encode({DataType::kFloat32, {1, kChannels, kHeight, kWidth}, map.data()},
                          {.pooling = {.kind = PoolingSpec::Kind::kAverage}, .l2_normalize = true}, feature);
  double squares = 0;
  for (int64_t c = 0; c < kChannels; ++c) squares += std::pow(Element(feature, c, c), 2);
  EXPECT_NEAR(squares, 1, 1e-6);
}

TEST(FeatureEncoder, LeavesTheNetworksOutputAsItWas) {
  const std::vector<float> map = Map();
  const std::vector<float> before = map;
  v1::FeatureMap feature;
  FeatureEncoder().Encode({DataType::kFloat32, {1, kChannels, kHeight, kWidth}, map.data()}, {.l2_normalize = true},
                          feature);
  EXPECT_EQ(map, before) << "another feature of the same layer reads it next";
}

}  // namespace
}  // namespace onebyone
