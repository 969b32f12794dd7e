#include "engine/workbench/held_out.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>

#include "engine/workbench/companded_layers.h"
#include "engine/workbench/convolution_ranking.h"
#include "engine/workbench/precision_trial.h"
#include "engine/workbench/value_observation.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A stem with a normalization, and one without.
Graph Network() {
  return GraphBuilder()
      .Input("image", {1, 3, 16, 16})
      .Conv("conv", "image", 16, {.kernel = 3, .pad = 1})
      .Relu("relu", "conv")
      .MaxPool("pool", "relu", {.kernel = 2, .stride = 2})
      .Lrn("norm", "pool", {.size = 5, .alpha = 5, .beta = 0.75F, .bias = 1})
      .Conv("other", "norm", 16, {.kernel = 1})
      .Relu("other_relu", "other")
      .GlobalAveragePool("pooled", "other_relu")
      .Output("pooled")
      .Build();
}

// Of normal noise, each brighter by half than the one before.
PictureSet Pictures(int count) {
  PictureSet pictures;
  std::mt19937 random(3);
  float deviation = 1.0F;
  for (int i = 0; i < count; ++i, deviation *= 1.5F) {
    std::normal_distribution<float> normal(0.0F, deviation);
    Tensor tensor = *Tensor::Create(DataType::kFloat32, {1, 3, 16, 16});
    for (int64_t j = 0; j < tensor.elements(); ++j) tensor.As<float>()[j] = normal(random);
    pictures.inputs.push_back(std::move(tensor));
    pictures.paths.emplace_back("noise");
  }
  return pictures;
}

class HeldOutTest : public ::testing::Test {
 protected:
  PrecisionTrial TrialOf(int pictures) {
    Bundle bundle;
    bundle.preprocess.height = bundle.preprocess.width = 16;
    auto trial = PrecisionTrial::Create(bundle, Network(), Pictures(pictures), 2, progress_);
    EXPECT_THAT(trial, testing::IsOk());
    return *std::move(trial);
  }
  Calibration ByMax(const PrecisionTrial& trial) {
    const auto observations = ObserveValues(trial.exact(), trial.pictures(), 1, progress_);
    EXPECT_THAT(observations, testing::IsOk());
    return CalibrationBy(RangeMethod::kMax, *observations, 1);
  }

  Progress progress_{nullptr};
};

TEST_F(HeldOutTest, HasEachPictureInOnePart) {
  for (const int count : {2, 5, 7}) {
    const PrecisionTrial trial = TrialOf(count);
    ASSERT_OK_AND_ASSIGN(const auto parts, HoldOutInTurn(trial.exact(), trial.pictures(), 1, progress_));
    EXPECT_EQ(parts.size(), static_cast<size_t>(std::min(count, 5)));
    std::multiset<size_t> seen;
    for (const HeldOut& part : parts) seen.insert(part.pictures.begin(), part.pictures.end());
    const std::vector<size_t> all = trial.pictures().All();
    EXPECT_EQ(seen, std::multiset<size_t>(all.begin(), all.end()));
  }
}

TEST_F(HeldOutTest, KnowsNothingOfWhatAPartHolds) {
  const PrecisionTrial trial = TrialOf(3);
  ASSERT_OK_AND_ASSIGN(const auto parts, HoldOutInTurn(trial.exact(), trial.pictures(), 1, progress_));
  const Tensor& brightest = trial.pictures().inputs[2];
  const float high = *std::max_element(brightest.As<float>(), brightest.As<float>() + brightest.elements());
  EXPECT_THAT(parts[2].pictures, ElementsAre(2));
  EXPECT_LT(parts[2].calibrations.at("max").ranges.at("image").high, high);
  EXPECT_EQ(parts[1].calibrations.at("max").ranges.at("image").high, high);
  EXPECT_EQ(parts[1].calibrations.at("max").images, 2);
  EXPECT_EQ(parts[1].calibrations.size(), kRangeMethods.size());
}

TEST_F(HeldOutTest, IsNothingOfASinglePicture) {
  const PrecisionTrial trial = TrialOf(1);
  ASSERT_OK_AND_ASSIGN(const auto parts, HoldOutInTurn(trial.exact(), trial.pictures(), 1, progress_));
  EXPECT_THAT(parts, IsEmpty());
}

TEST_F(HeldOutTest, TellsWhatBrighterPicturesLose) {
  PrecisionTrial trial = TrialOf(4);
  const Calibration calibration = ByMax(trial);
  ASSERT_OK_AND_ASSIGN(const FidelityMeasurement seen, trial.MeasureHeldOut("not held out", calibration));
  EXPECT_EQ(seen.pictures, 4);
  ASSERT_THAT(trial.HoldOut(), testing::IsOk());
  ASSERT_OK_AND_ASSIGN(const FidelityMeasurement held_out, trial.MeasureHeldOut("held out", calibration));
  EXPECT_EQ(held_out.pictures, 4);
  EXPECT_LT(Summarize(held_out, Precision::kInt8).map_cosine, Summarize(seen, Precision::kInt8).map_cosine);
}

TEST_F(HeldOutTest, MergedMeasurementsAreThoseOfAllPictures) {
  const PrecisionTrial trial = TrialOf(5);
  const Calibration calibration = ByMax(trial);
  ASSERT_OK_AND_ASSIGN(const FidelityMeasurement all, trial.MeasureInt8("all", calibration));
  ASSERT_OK_AND_ASSIGN(const FidelityMeasurement some, trial.MeasureInt8("some", calibration, {4, 0}));
  ASSERT_OK_AND_ASSIGN(const FidelityMeasurement others, trial.MeasureInt8("others", calibration, {1, 2, 3}));
  const FidelityMeasurement merged = Merge(some, others);
  EXPECT_EQ(merged.pictures, 5);
  EXPECT_NEAR(merged.top1_agreement, all.top1_agreement, 1e-12);
  for (size_t i = 0; i < all.layers.size(); ++i) {
    EXPECT_EQ(merged.layers[i].layer, all.layers[i].layer);
    EXPECT_EQ(merged.layers[i].least_pooled_cosine, all.layers[i].least_pooled_cosine);
    EXPECT_EQ(merged.layers[i].least_map_cosine, all.layers[i].least_map_cosine);
    EXPECT_EQ(merged.layers[i].largest_error, all.layers[i].largest_error);
    EXPECT_NEAR(merged.layers[i].mean_pooled_cosine, all.layers[i].mean_pooled_cosine, 1e-12);
    EXPECT_NEAR(merged.layers[i].mean_map_cosine, all.layers[i].mean_map_cosine, 1e-12);
    EXPECT_NEAR(merged.layers[i].mean_error, all.layers[i].mean_error, 1e-12);
  }
}

// Dark pictures beside one that is 17 times as bright: the normalization brings forth what even steps lose.
TEST_F(HeldOutTest, CompandingIsForTheConvolutionBeforeANormalization) {
  const PrecisionTrial trial = TrialOf(8);
  Calibration calibration = ByMax(trial);
  ASSERT_OK_AND_ASSIGN(const double even, MeasureError(trial, "even", calibration));
  ASSERT_THAT(CompandWhereBetter(trial, calibration), testing::IsOk());
  EXPECT_THAT(calibration.companded_layers, ElementsAre("conv"));
  ASSERT_OK_AND_ASSIGN(const double companded, MeasureError(trial, "companded", calibration));
  EXPECT_LT(companded, even);
}

}  // namespace
}  // namespace onebyone
