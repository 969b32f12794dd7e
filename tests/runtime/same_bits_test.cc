#include <gmock/gmock.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/runtime/compiled_model.h"
#include "engine/runtime/executor.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

// A plan gives the same input the same bits, whatever its executor ran before and others run meanwhile.

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::IsOk;

constexpr int64_t kSide = 33;
using Bits = std::vector<uint32_t>;

struct Case {
  const char* name = "";
  CompileOptions options;
  bool is_calibrated = false;
};

// Every kind of node that keeps something in the arena: convolutions, pools, normalization, branches, dense layers.
Graph Network() {
  return GraphBuilder()
      .Input("image", {1, 3, kSide, kSide})
      .Conv("conv1", "image", 32, {.kernel = 5, .stride = 2, .pad = 2})
      .Relu("relu1", "conv1")
      .MaxPool("pool1", "relu1", {.kernel = 3, .stride = 2, .ceil_mode = true})
      .Lrn("norm1", "pool1")
      .Conv("a_conv", "norm1", 32, {.kernel = 1})
      .Relu("a", "a_conv")
      .Conv("b_conv", "norm1", 24, {.kernel = 3, .pad = 1})
      .Relu("b", "b_conv")
      .AveragePool("pool2", "norm1", {.kernel = 3, .pad = 1})
      .Concat("block", {"a", "b", "pool2"})
      .Conv("c_conv", "block", 40, {.kernel = 3, .pad = 1})
      .Relu("c", "c_conv")
      .GlobalAveragePool("pooled", "c")
      .Flatten("flat", "pooled")
      .Gemm("classes", "flat", 10)
      .Output("classes")
      .Build();
}

std::vector<float> Picture(uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<float> picture(3 * kSide * kSide);
  for (float& number : picture) number = static_cast<float>(random() % 2001) / 1000.0F - 1.0F;
  return picture;
}

class SameBits : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    CompileOptions options = GetParam().options;
    if (GetParam().is_calibrated) options.calibration = Calibrated();
    const auto model = CompiledModel::Compile(Network(), kSide, kSide, options);
    if (absl::IsFailedPrecondition(model.status())) GTEST_SKIP() << model.status().message();
    ASSERT_THAT(model, IsOk());
    model_ = *model;
    plan_ = PlanOf({"block", "c", "classes"});
    alone_ = Run(*Executor::Create({}), plan_, Picture(1));
  }

  std::shared_ptr<const Plan> PlanOf(const std::vector<std::string>& layers) {
    PlanQuery query = {.height = kSide, .width = kSide};
    for (const std::string& layer : layers) query.layers.push_back({layer});
    auto plan = model_->PlanFor(query);
    EXPECT_THAT(plan, IsOk());
    return *std::move(plan);
  }

  // The bits of all outputs, one after the other.
  static Bits Run(Executor& executor, const std::shared_ptr<const Plan>& plan, const std::vector<float>& picture) {
    EXPECT_THAT(executor.Use(plan), IsOk());
    std::memcpy(executor.Input().data, picture.data(), picture.size() * sizeof(float));
    EXPECT_THAT(executor.Run(nullptr), IsOk());
    Bits bits;
    for (size_t i = 0; i < plan->outputs.size(); ++i) {
      const ConstTensorView map = executor.Output(static_cast<int>(i));
      const size_t begin = bits.size();
      bits.resize(begin + map.shape.Elements());
      std::memcpy(bits.data() + begin, map.data, map.shape.Elements() * sizeof(float));
    }
    return bits;
  }

  static std::shared_ptr<const Calibration> Calibrated() {
    auto calibration = std::make_shared<Calibration>();
    for (const char* value :
         {"image", "relu1", "pool1", "norm1", "a", "b", "pool2", "block", "c", "pooled", "classes"}) {
      calibration->ranges[value] = {-2.0F, 2.0F};
    }
    return calibration;
  }

  std::shared_ptr<CompiledModel> model_;
  std::shared_ptr<const Plan> plan_;
  Bits alone_;
};

TEST_P(SameBits, WhateverPictureWasBefore) {
  const auto executor = Executor::Create({});
  std::vector<float> huge = Picture(2);
  for (float& number : huge) number *= 1e30F;
  const std::vector<float> nan(huge.size(), std::numeric_limits<float>::quiet_NaN());
  const std::vector<float> zero(huge.size(), 0.0F);
  for (const std::vector<float>& before : {Picture(2), huge, nan, zero, Picture(1)}) {
    Run(*executor, plan_, before);
    EXPECT_EQ(Run(*executor, plan_, Picture(1)), alone_);
  }
}

TEST_P(SameBits, WhateverPlanWasBefore) {
  const auto executor = Executor::Create({});
  for (const std::vector<std::string>& others : {std::vector<std::string>{"a"}, {"pool1", "flat"}, {"classes"}}) {
    Run(*executor, PlanOf(others), Picture(3));
    EXPECT_EQ(Run(*executor, plan_, Picture(1)), alone_);
  }
}

TEST_P(SameBits, OnEveryLaneAtOnce) {
  constexpr int kLanes = 4;
  std::vector<int> different(kLanes, 0);
  std::vector<std::thread> lanes;
  for (int lane = 0; lane < kLanes; ++lane) {
    lanes.emplace_back([&, lane] {
      const auto executor = Executor::Create({});
      for (uint32_t i = 0; i < 20; ++i) {
        Run(*executor, plan_, Picture(10 + i * kLanes + lane));
        if (Run(*executor, plan_, Picture(1)) != alone_) ++different[lane];
      }
    });
  }
  for (std::thread& lane : lanes) lane.join();
  EXPECT_THAT(different, ::testing::Each(0));
}

TEST_P(SameBits, InEveryPlaceOfABatch) {
  for (const int64_t batch : {2, 3}) {
    const auto plan = model_->PlanFor({.layers = {{"c"}}, .batch = batch, .height = kSide, .width = kSide});
    ASSERT_THAT(plan, IsOk());
    const auto executor = Executor::Create({});
    Bits first;
    for (int64_t place = 0; place < batch; ++place) {
      std::vector<float> pictures;
      for (int64_t i = 0; i < batch; ++i) {
        const std::vector<float> picture = Picture(i == place ? 1 : static_cast<uint32_t>(50 + i + batch * place));
        pictures.insert(pictures.end(), picture.begin(), picture.end());
      }
      const Bits all = Run(*executor, *plan, pictures);
      const auto each = static_cast<int64_t>(all.size()) / batch;
      const Bits mine(all.begin() + place * each, all.begin() + (place + 1) * each);
      if (place == 0) first = mine;
      EXPECT_EQ(mine, first) << "place " << place << " of " << batch;
    }
  }
}

CompileOptions With(Precision precision) {
  CompileOptions options;
  options.convolution = CompileOptions::Convolution::kExact;
  options.precision = precision;
  return options;
}

CompileOptions With(const ConvVariant& variant) {
  CompileOptions options = With(Precision::kFloat32);
  options.every_conv = variant;
  return options;
}

INSTANTIATE_TEST_SUITE_P(Precisions, SameBits,
                         ::testing::Values(Case{"f32", With(Precision::kFloat32)},
                                           Case{"bf16", With(Precision::kBFloat16)},
                                           Case{"int8", With(Precision::kInt8), /*is_calibrated=*/true},
                                           Case{"winograd", With(ConvVariant{ConvVariant::Algorithm::kWinograd, 0})},
                                           Case{"merged", With(ConvVariant{ConvVariant::Algorithm::kMerged, 0})},
                                           Case{"measured", {}}),
                         [](const auto& test) { return std::string(test.param.name); });

#if defined(__x86_64__)
TEST(Denormals, AreZero) {
  const Graph graph =
      GraphBuilder().Input("x", {1, 8, 4, 4}).Conv("y", "x", 8, {.kernel = 1, .bias = false}).Output("y").Build();
  const auto model = CompiledModel::Compile(graph, 4, 4, {.convolution = CompileOptions::Convolution::kExact});
  ASSERT_THAT(model, IsOk());
  const auto plan = (*model)->PlanFor({.layers = {{"y"}}, .height = 4, .width = 4});
  ASSERT_THAT(plan, IsOk());
  const auto executor = Executor::Create({});
  ASSERT_THAT(executor->Use(*plan), IsOk());
  std::fill_n(executor->Input().As<float>(), 8 * 4 * 4, std::numeric_limits<float>::denorm_min());
  ASSERT_THAT(executor->Run(nullptr), IsOk());
  const ConstTensorView y = executor->Output(0);
  EXPECT_THAT(std::vector<float>(y.As<float>(), y.As<float>() + y.shape.Elements()), ::testing::Each(0.0F));
  volatile float tiny = std::numeric_limits<float>::min();
  EXPECT_GT(tiny * 0.5F, 0.0F) << "on this thread, once the network has run, they are again what they were";
}
#endif

}  // namespace
}  // namespace onebyone
