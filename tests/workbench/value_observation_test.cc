#include "engine/workbench/value_observation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

absl::StatusOr<std::shared_ptr<const Model>> SmallModel() {
  Bundle bundle;
  bundle.preprocess.width = 4;
  bundle.preprocess.height = 4;
  return MakeModel(bundle,
                   GraphBuilder()
                       .Input("image", {1, 3, 4, 4})
                       .Relu("relu", "image")
                       .GlobalAveragePool("pool", "relu")
                       .Output("pool")
                       .Build(),
                   {.convolution = CompileOptions::Convolution::kExact});
}

// Pictures of one value each.
PictureSet EvenPictures(const std::vector<float>& values) {
  PictureSet pictures;
  for (const float value : values) {
    Tensor input = *Tensor::Create(DataType::kFloat32, {1, 3, 4, 4});
    std::fill_n(input.As<float>(), input.elements(), value);
    pictures.paths.emplace_back("even");
    pictures.inputs.push_back(std::move(input));
  }
  return pictures;
}

TEST(ObserveValues, SeesEveryLayerAndTheInputOnAllPictures) {
  ASSERT_OK_AND_ASSIGN(const auto model, SmallModel());
  const PictureSet pictures = EvenPictures({-3, 0.5F, 2, -1, 1});
  for (const int threads : {1, 3}) {
    Progress progress(nullptr);
    ASSERT_OK_AND_ASSIGN(const Observations observations, ObserveValues(*model, pictures, threads, progress));
    ASSERT_EQ(observations.size(), 3U);
    EXPECT_EQ(observations.at("image").observed().low, -3);
    EXPECT_EQ(observations.at("image").observed().high, 2);
    EXPECT_EQ(observations.at("image").total(), 5 * 48);
    EXPECT_EQ(observations.at("relu").observed().low, 0);
    EXPECT_EQ(observations.at("relu").zeros(), 2 * 48);
    EXPECT_EQ(observations.at("pool").total(), 5 * 3);
  }
}

TEST(ObserveValues, RefusesNumbersThatNoRangeHolds) {
  ASSERT_OK_AND_ASSIGN(const auto model, SmallModel());
  Progress progress(nullptr);
  const PictureSet pictures = EvenPictures({1, std::numeric_limits<float>::infinity()});
  EXPECT_THAT(ObserveValues(*model, pictures, 1, progress),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("layer 'relu': want finite numbers")));
}

TEST(CalibrationBy, GivesEveryValueARange) {
  ASSERT_OK_AND_ASSIGN(const auto model, SmallModel());
  Progress progress(nullptr);
  const PictureSet pictures = EvenPictures({-3, 2});
  ASSERT_OK_AND_ASSIGN(const Observations observations, ObserveValues(*model, pictures, 1, progress));
  const Calibration calibration = CalibrationBy(RangeMethod::kMax, observations, 2);
  EXPECT_EQ(calibration.method, "max");
  EXPECT_EQ(calibration.images, 2);
  ASSERT_EQ(calibration.ranges.size(), 3U);
  EXPECT_EQ(calibration.ranges.at("image").low, -3);
  EXPECT_EQ(calibration.ranges.at("relu").high, 2);
}

}  // namespace
}  // namespace onebyone
