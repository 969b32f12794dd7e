#include "engine/workbench/winograd_layers.h"

#include <gmock/gmock.h>

#include <memory>
#include <random>

#include "engine/kernels/onednn/layout.h"
#include "engine/precision_choice.h"
#include "engine/tensor/quantization.h"
#include "engine/workbench/value_observation.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::testing::IsSubsetOf;

Graph Network() {
  return GraphBuilder()
      .Input("image", {1, 3, 28, 28})
      .Conv("stem", "image", 32, {.kernel = 1})
      .Relu("stem_relu", "stem")
      .Conv("a", "stem_relu", 32, {.kernel = 3, .pad = 1})
      .Relu("a_relu", "a")
      .Conv("b", "a_relu", 32, {.kernel = 3, .pad = 1})
      .Relu("b_relu", "b")
      .Conv("strided", "b_relu", 32, {.kernel = 3, .stride = 2, .pad = 1})
      .GlobalAveragePool("pool", "strided")
      .Output("pool")
      .Build();
}

PictureSet Pictures() {
  PictureSet pictures;
  std::mt19937 random(3);
  std::normal_distribution<float> normal(0.0F, 1.0F);
  for (int i = 0; i < 3; ++i) {
    Tensor tensor = *Tensor::Create(DataType::kFloat32, {1, 3, 28, 28});
    for (int64_t j = 0; j < tensor.elements(); ++j) tensor.As<float>()[j] = normal(random);
    pictures.inputs.push_back(std::move(tensor));
    pictures.paths.push_back("picture");
  }
  return pictures;
}

class WinogradLayers : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasByteWinograd()) GTEST_SKIP() << "no Winograd of bytes: want VNNI and oneDNN 2";
    Bundle bundle;
    bundle.name = "net";
    bundle.preprocess.height = bundle.preprocess.width = 28;
    auto trial = PrecisionTrial::Create(bundle, Network(), Pictures(), 1, progress_);
    ASSERT_THAT(trial, testing::IsOk());
    trial_ = std::make_unique<PrecisionTrial>(*std::move(trial));
    const auto observations = ObserveValues(trial_->exact(), trial_->pictures(), 1, progress_);
    ASSERT_THAT(observations, testing::IsOk());
    calibration_ = CalibrationBy(RangeMethod::kMax, *observations, 3);
    const auto measured = trial_->MeasureInt8("int8", calibration_);
    ASSERT_THAT(measured, testing::IsOk());
    direct_ = Summarize(*measured, Precision::kInt8);
  }

  Progress progress_{nullptr};
  std::unique_ptr<PrecisionTrial> trial_;
  Calibration calibration_;
  Fidelity direct_;
};

TEST_F(WinogradLayers, AreConvolutionsOf3x3AndStride1ThatLeaveTheNetworkFaithful) {
  ASSERT_TRUE(IsFaithful(direct_));
  direct_.pooled_cosine = direct_.map_cosine = 0.995;  // of a network that loses to bytes what others lose
  ASSERT_OK_AND_ASSIGN(const std::optional<Fidelity> fidelity, AllowWinograd(*trial_, direct_, calibration_));
  ASSERT_TRUE(fidelity.has_value());
  EXPECT_TRUE(IsFaithful(*fidelity));
  EXPECT_FALSE(calibration_.winograd_layers.empty());
  EXPECT_THAT(calibration_.winograd_layers, IsSubsetOf({"a", "b"}));
}

TEST_F(WinogradLayers, AreNoneWhereInt8IsNotFaithfulAnyway) {
  direct_.pooled_cosine = 0.5;
  ASSERT_OK_AND_ASSIGN(const std::optional<Fidelity> fidelity, AllowWinograd(*trial_, direct_, calibration_));
  EXPECT_FALSE(fidelity.has_value());
  EXPECT_TRUE(calibration_.winograd_layers.empty());
}

TEST_F(WinogradLayers, AreNoneThatWouldLoseMoreThanAsMuchAgainAsBytesDo) {
  direct_.pooled_cosine = direct_.map_cosine = 0.9999999;
  ASSERT_OK_AND_ASSIGN(const std::optional<Fidelity> fidelity, AllowWinograd(*trial_, direct_, calibration_));
  EXPECT_FALSE(fidelity.has_value());
  EXPECT_TRUE(calibration_.winograd_layers.empty());
}

TEST_F(WinogradLayers, LeaveAReserveForPicturesNotSeen) {
  direct_.pooled_cosine = direct_.map_cosine = 5;  // nothing can leave a quarter of so much
  ASSERT_OK_AND_ASSIGN(const std::optional<Fidelity> fidelity, AllowWinograd(*trial_, direct_, calibration_));
  EXPECT_FALSE(fidelity.has_value());
  EXPECT_TRUE(calibration_.winograd_layers.empty());
}

}  // namespace
}  // namespace onebyone
