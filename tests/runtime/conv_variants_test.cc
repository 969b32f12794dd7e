#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "engine/kernels/onednn/layout.h"
#include "engine/runtime/compiled_model.h"
#include "engine/runtime/conv_choice.h"
#include "engine/runtime/executor.h"
#include "tests/testing/cosine.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

// Networks whose convolutions all run by one of their kernels, beside those that run by the ordinary ones.

namespace onebyone {
namespace {

using testing::Cosine;
using testing::GraphBuilder;
using testing::IsOk;

constexpr ConvVariant kWinograd = {ConvVariant::Algorithm::kWinograd};

Graph Network() {
  return GraphBuilder()
      .Input("image", {1, 3, 28, 28})
      .Conv("stem", "image", 32, {.kernel = 3, .pad = 1})
      .Relu("stem_relu", "stem")
      .Conv("reduce", "stem_relu", 32, {.kernel = 1})
      .Relu("reduce_relu", "reduce")
      .Conv("wide", "reduce_relu", 64, {.kernel = 3, .pad = 1})
      .Relu("wide_relu", "wide")
      .Conv("other", "reduce_relu", 64, {.kernel = 3, .pad = 1})
      .Relu("other_relu", "other")
      .Concat("block", {"wide_relu", "other_relu"})
      .Output("block")
      .Build();
}

std::shared_ptr<CompiledModel> Compiled(const CompileOptions& options) {
  auto model = CompiledModel::Compile(Network(), 28, 28, options);
  EXPECT_THAT(model, IsOk());
  return *std::move(model);
}

std::shared_ptr<const Plan> PlanOf(CompiledModel& model, const std::string& layer) {
  auto plan = model.PlanFor({.layers = {{layer}}, .height = 28, .width = 28});
  EXPECT_THAT(plan, IsOk());
  return *plan;
}

std::vector<float> MapOf(CompiledModel& model, const std::string& layer) {
  const auto executor = Executor::Create({});
  EXPECT_THAT(executor->Use(PlanOf(model, layer)), IsOk());
  const TensorView input = executor->Input();
  std::mt19937 random(5);
  std::normal_distribution<float> normal(0.0F, 1.0F);
  for (int64_t i = 0; i < input.shape.Elements(); ++i) input.As<float>()[i] = normal(random);
  EXPECT_THAT(executor->Run(nullptr), IsOk());
  const ConstTensorView map = executor->Output(0);
  return {map.As<float>(), map.As<float>() + map.shape.Elements()};
}

std::shared_ptr<Calibration> Calibrated() {
  const auto exact = Compiled({.convolution = CompileOptions::Convolution::kExact});
  auto calibration = std::make_shared<Calibration>();
  calibration->ranges["image"] = {-4.0F, 4.0F};
  for (const LayerInfo& layer : exact->layers()) {
    const std::vector<float> values = MapOf(*exact, layer.name);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    calibration->ranges[layer.name] = {std::min(0.0F, *low), std::max(0.0F, *high)};
  }
  return calibration;
}

int CountOf(const Plan& plan, const ConvVariant& variant) {
  return static_cast<int>(std::count_if(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
    return !step.conv_key.empty() && step.conv_variant == variant;
  }));
}

class ConvVariants : public ::testing::TestWithParam<ConvVariant> {};

TEST_P(ConvVariants, ComputeTheSameInFloat32) {
  const auto exact = Compiled({.convolution = CompileOptions::Convolution::kExact});
  const auto every = Compiled({.every_conv = GetParam()});
  EXPECT_EQ(every->convs_measured(), 0);
  EXPECT_GT(Cosine(MapOf(*every, "block"), MapOf(*exact, "block")), 0.9999999);
}

TEST_P(ConvVariants, ComputeTheSameInBFloat16WithinItsRounding) {
  if (!HasBFloat16()) GTEST_SKIP() << "this CPU has no bfloat16";
  const auto exact = Compiled({.convolution = CompileOptions::Convolution::kExact});
  const auto every = Compiled({.every_conv = GetParam(), .precision = Precision::kBFloat16});
  EXPECT_GT(Cosine(MapOf(*every, "block"), MapOf(*exact, "block")), 0.9999);
}

TEST_P(ConvVariants, ComputeTheSameInInt8WithinItsRounding) {
  auto calibration = Calibrated();
  calibration->winograd_layers = {"wide", "other"};
  const auto exact = Compiled({.convolution = CompileOptions::Convolution::kExact});
  const auto every = Compiled({.every_conv = GetParam(), .precision = Precision::kInt8, .calibration = calibration});
  const double cosine = Cosine(MapOf(*every, "block"), MapOf(*exact, "block"));
  EXPECT_GT(cosine, 0.995);
  EXPECT_LT(cosine, 0.9999999) << "not in int8 at all";
}

INSTANTIATE_TEST_SUITE_P(Each, ConvVariants, ::testing::ValuesIn(kConvVariants), [](const auto& variant) {
  std::string name = NameOf(variant.param);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

TEST(ByteWinograd, IsOnlyWhereTheCalibrationAllowsIt) {
  if (!HasByteWinograd()) GTEST_SKIP() << "no Winograd of bytes: want VNNI and oneDNN 2";
  const auto calibration = Calibrated();
  for (const std::vector<std::string>& allowed : {std::vector<std::string>{}, {"wide"}, {"wide_relu", "other"}}) {
    calibration->winograd_layers = {allowed.begin(), allowed.end()};
    const auto copy = std::make_shared<const Calibration>(*calibration);
    const auto model = Compiled({.every_conv = kWinograd, .precision = Precision::kInt8, .calibration = copy});
    EXPECT_EQ(CountOf(*PlanOf(*model, "block"), kWinograd), static_cast<int>(allowed.size()));
  }
}

TEST(ByteWinograd, IsNeverInAnExactPlan) {
  auto calibration = Calibrated();
  calibration->winograd_layers = {"wide", "other"};
  const auto model = Compiled(
      {.convolution = CompileOptions::Convolution::kExact, .precision = Precision::kInt8, .calibration = calibration});
  EXPECT_EQ(CountOf(*PlanOf(*model, "block"), kWinograd), 0);
}

TEST(ConvChoice, KnowsConvolutionsByWhatTheyComputeFromWhichLayouts) {
  ConvSpec spec;
  spec.src = {1, 16, 8, 8};
  spec.dst = {1, 32, 8, 8};
  spec.attributes.window = {{3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, Window::AutoPad::kExplicit};
  const std::string key = ConvChoice::KeyOf(spec);
  ConvSpec other = spec;
  other.src_layout = Layout::kChannelsLastUInt8;
  EXPECT_NE(ConvChoice::KeyOf(other), key);
  other = spec;
  other.attributes.window.strides = {2, 2};
  EXPECT_NE(ConvChoice::KeyOf(other), key);
  other = spec;
  other.variant = kWinograd;
  EXPECT_EQ(ConvChoice::KeyOf(other), key);
}

TEST(ConvVariantNames, AreFoundAgain) {
  for (const ConvVariant& variant : kConvVariants) EXPECT_EQ(FindConvVariant(NameOf(variant)), variant);
  EXPECT_EQ(FindConvVariant("direct.7"), std::nullopt);
  EXPECT_EQ(FindConvVariant(""), std::nullopt);
}

}  // namespace
}  // namespace onebyone
