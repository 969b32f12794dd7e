// Networks at sizes of the input other than their own.

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <thread>

#include "engine/runtime/compiled_model.h"
#include "engine/runtime/executor.h"
#include "engine/tensor/aligned_buffer.h"
#include "tests/testing/cosine.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::Cosine;
using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int64_t kOwnSide = 32;
constexpr int64_t kStride = 4;

// A classifier without padding, so that a cell of a map sees nothing but its part of the picture: 32 -> 15 -> 7 -> 5.
// "flat" is read by nothing: it has more elements where the picture has more pixels.
Graph Classifier() {
  return GraphBuilder()
      .Input("image", {1, 3, kOwnSide, kOwnSide})
      .Conv("stem", "image", 32, {.kernel = 3, .stride = 2})
      .BatchNorm("stem_norm", "stem")
      .Relu("stem_relu", "stem_norm")
      .MaxPool("pool", "stem_relu", {.kernel = 3, .stride = 2})
      .Conv("block/reduce", "pool", 16, {.kernel = 1})
      .Relu("block/reduce_relu", "block/reduce")
      .Conv("block/3x3", "block/reduce_relu", 32, {.kernel = 3, .pad = 0})
      .Conv("block/wide", "pool", 16, {.kernel = 3})
      .Concat("block/output", {"block/3x3", "block/wide"})
      .Flatten("flat", "block/output")
      .GlobalAveragePool("mean", "block/output")
      .Flatten("embedding", "mean")
      .Gemm("classes", "embedding", 10)
      .Softmax("prob", "classes")
      .Output("prob")
      .Output("flat")
      .Build();
}

// The same with same-padding everywhere, as TensorFlow exports it: how much depends on the input's size.
Graph SamePadded() {
  constexpr auto kSame = Window::AutoPad::kSameUpper;
  return GraphBuilder()
      .Input("image", {1, 3, 33, 33})
      .Conv("stem", "image", 16, {.kernel = 3, .stride = 2, .auto_pad = kSame})
      .MaxPool("pool", "stem", {.kernel = 3, .stride = 2, .auto_pad = kSame})
      .Conv("block", "pool", 16, {.kernel = 3, .auto_pad = kSame})
      .Output("block")
      .Build();
}

std::shared_ptr<CompiledModel> Compiled(const CompileOptions& options = {}) {
  auto model = CompiledModel::Compile(Classifier(), kOwnSide, kOwnSide, options);
  EXPECT_THAT(model, IsOk());
  return *std::move(model);
}

struct Values {
  Shape shape;
  std::vector<float> elements;
};

std::vector<float> Noise(int64_t elements) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal(0.0F, 1.0F);
  std::vector<float> noise(static_cast<size_t>(elements));
  for (float& value : noise) value = normal(random);
  return noise;
}

// `picture`: [3, height, width].
Values RunLayer(CompiledModel& model, const PlanQuery& query, const std::vector<float>& picture) {
  const auto plan = model.PlanFor(query);
  EXPECT_THAT(plan, IsOk());
  const auto executor = Executor::Create({});
  EXPECT_THAT(executor->Use(*plan), IsOk());
  std::copy(picture.begin(), picture.end(), executor->Input().As<float>());
  EXPECT_THAT(executor->Run(nullptr), IsOk());
  const ConstTensorView output = executor->Output(0);
  return {output.shape, {output.As<float>(), output.As<float>() + output.shape.Elements()}};
}

PlanQuery Native(const std::string& layer, int64_t height, int64_t width) {
  return {.layers = {{layer}}, .height = height, .width = width, .native = true};
}

// The part of `picture` [3, height, width] of the network's own size that begins at row y, column x.
std::vector<float> Crop(const std::vector<float>& picture, int64_t height, int64_t width, int64_t y, int64_t x) {
  std::vector<float> crop;
  for (int64_t channel = 0; channel < 3; ++channel) {
    for (int64_t row = y; row < y + kOwnSide; ++row) {
      const auto begin = picture.begin() + (channel * height + row) * width + x;
      crop.insert(crop.end(), begin, begin + kOwnSide);
    }
  }
  return crop;
}

void ExpectNear(const std::vector<float>& got, const std::vector<float>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  float largest = 0.0F;
  float difference = 0.0F;
  for (size_t i = 0; i < got.size(); ++i) {
    largest = std::max(largest, std::abs(wanted[i]));
    difference = std::max(difference, std::abs(wanted[i] - got[i]));
  }
  EXPECT_GT(largest, 0.0F);
  EXPECT_LE(difference, 1e-4F * largest);
}

TEST(NativeSize, GivesAClassificationOfEachPlace) {
  const auto model = Compiled();
  constexpr int64_t kHeight = kOwnSide + 3 * kStride;
  constexpr int64_t kWidth = kOwnSide + 5 * kStride;
  const std::vector<float> picture = Noise(3 * kHeight * kWidth);
  const Values map = RunLayer(*model, Native("prob", kHeight, kWidth), picture);
  ASSERT_EQ(map.shape, (Shape{1, 10, 4, 6}));
  for (int64_t y = 0; y < 4; ++y) {
    for (int64_t x = 0; x < 6; ++x) {
      const PlanQuery own = {.layers = {{"prob"}}, .height = kOwnSide, .width = kOwnSide};
      const Values classes = RunLayer(*model, own, Crop(picture, kHeight, kWidth, y * kStride, x * kStride));
      ASSERT_EQ(classes.shape, (Shape{1, 10}));
      std::vector<float> cell;
      for (int64_t c = 0; c < 10; ++c) cell.push_back(map.elements[(c * 4 + y) * 6 + x]);
      ExpectNear(cell, classes.elements);
    }
  }
}

TEST(NativeSize, GivesAMapOfOneCellAtTheOwnSize) {
  const auto model = Compiled();
  const std::vector<float> picture = Noise(3 * kOwnSide * kOwnSide);
  const Values map = RunLayer(*model, Native("embedding", kOwnSide, kOwnSide), picture);
  EXPECT_EQ(map.shape, (Shape{1, 48, 1, 1}));
  ExpectNear(map.elements,
             RunLayer(*model, {.layers = {{"embedding"}}, .height = kOwnSide, .width = kOwnSide}, picture).elements);
}

class NativeLayers : public ::testing::TestWithParam<std::string> {};

TEST_P(NativeLayers, EqualThePlainReferenceAtEachSize) {
  const auto fast = Compiled();
  const auto plain = Compiled({.reference_only = true});
  for (const auto& [height, width] :
       std::vector<std::pair<int64_t, int64_t>>{{32, 32}, {60, 36}, {32, 128}, {44, 72}}) {
    const std::vector<float> picture = Noise(3 * height * width);
    const Values wanted = RunLayer(*plain, Native(GetParam(), height, width), picture);
    const Values got = RunLayer(*fast, Native(GetParam(), height, width), picture);
    EXPECT_EQ(got.shape, wanted.shape);
    ExpectNear(got.elements, wanted.elements);
  }
}

// "stem_norm" is swallowed by folding.
INSTANTIATE_TEST_SUITE_P(OfAClassifier, NativeLayers,
                         ::testing::Values("stem", "stem_norm", "pool", "block/output", "mean", "classes", "prob"));

TEST(NativeSize, RunsInInt8WithTheRangesOfTheOwnSize) {
  const auto exact = Compiled({.convolution = CompileOptions::Convolution::kExact});
  auto calibration = std::make_shared<Calibration>();
  const std::vector<float> own = Noise(3 * kOwnSide * kOwnSide);
  for (const LayerInfo& layer : exact->layers()) {
    const Values values = RunLayer(*exact, {.layers = {{layer.name}}, .height = kOwnSide, .width = kOwnSide}, own);
    const auto [low, high] = std::minmax_element(values.elements.begin(), values.elements.end());
    calibration->ranges[layer.name] = {std::min(0.0F, *low), std::max(0.0F, *high)};
  }
  calibration->ranges["image"] = {-5.0F, 5.0F};
  const auto bytes = Compiled({.precision = Precision::kInt8, .calibration = calibration});
  const std::vector<float> picture = Noise(3 * 48 * 64);
  for (const std::string layer : {"block/output", "classes"}) {
    const Values wanted = RunLayer(*exact, Native(layer, 48, 64), picture);
    const Values got = RunLayer(*bytes, Native(layer, 48, 64), picture);
    EXPECT_EQ(got.shape, wanted.shape);
    EXPECT_GT(Cosine(got.elements, wanted.elements), 0.99) << layer;
    EXPECT_NE(got.elements, wanted.elements) << "not in bytes at all";
  }
}

TEST(NativeSize, RunsInBFloat16) {
  const auto model = CompiledModel::Compile(Classifier(), kOwnSide, kOwnSide, {.precision = Precision::kBFloat16});
  if (absl::IsFailedPrecondition(model.status())) GTEST_SKIP() << model.status();
  const std::vector<float> picture = Noise(3 * 48 * 64);
  const Values wanted = RunLayer(*Compiled({.reference_only = true}), Native("classes", 48, 64), picture);
  EXPECT_GT(Cosine(RunLayer(**model, Native("classes", 48, 64), picture).elements, wanted.elements), 0.9999);
}

TEST(NativeSize, PadsAsTheNetworkSaysForThatSize) {
  const auto model = *CompiledModel::Compile(SamePadded(), 33, 33, {});
  // A query of another size first: nothing of it may stay.
  RunLayer(*model, Native("block", 36, 36), Noise(3 * 36 * 36));
  for (const int64_t side : {32, 36, 44}) {
    const auto own = *CompiledModel::Compile(SamePadded(), side, side, {.reference_only = true});
    const std::vector<float> picture = Noise(3 * side * side);
    const Values wanted = RunLayer(*own, {.layers = {{"block"}}, .height = side, .width = side}, picture);
    const Values got = RunLayer(*model, Native("block", side, side), picture);
    ASSERT_EQ(got.shape, wanted.shape);
    ExpectNear(got.elements, wanted.elements);
  }
}

TEST(NativeSize, TellsWhatALayerNeeds) {
  const auto model = Compiled();
  const NativeSizes& sizes = model->native_sizes();
  EXPECT_EQ(sizes.stride_height(), kStride);
  EXPECT_EQ(sizes.stride_width(), kStride);
  ASSERT_NE(sizes.FindLeast("prob"), nullptr);
  EXPECT_EQ(sizes.FindLeast("prob")->height, kOwnSide);
  EXPECT_EQ(sizes.FindLeast("prob")->width, kOwnSide);
  ASSERT_NE(sizes.FindLeast("stem"), nullptr);
  EXPECT_EQ(sizes.FindLeast("stem")->height, kStride);
  EXPECT_EQ(sizes.FindLeast("flat"), nullptr);
  EXPECT_THAT(model->PlanFor(Native("flat", 64, 64)),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("'flat'"), HasSubstr("32x32"))));
  EXPECT_THAT(model->PlanFor(Native("prob", 28, 64)),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("32x32"), HasSubstr("64x28"))));
}

TEST(NativeSize, TellsTheMapsBeforeAnythingIsCompiled) {
  const auto model = Compiled();
  const NativeMaps maps = model->native_sizes().At(44, 72);
  EXPECT_FALSE(maps.contains("flat"));
  for (const std::string layer : {"stem_relu", "block/output", "prob"}) {
    const auto plan = *model->PlanFor(Native(layer, 44, 72));
    const NativeMap& map = maps.at(layer);
    EXPECT_EQ((Shape{1, map.channels, map.height, map.width}), plan->outputs[0].shape);
    // An estimate: the plan's arena has reorders and scratch memory as well.
    EXPECT_GT(map.activation_bytes, plan->arena_bytes / 3) << layer;
    EXPECT_LT(map.activation_bytes, plan->arena_bytes * 2) << layer;
  }
  EXPECT_FALSE(model->native_sizes().At(kStride, kStride).contains("prob"));
  EXPECT_EQ(model->native_compilations(), 3);
}

TEST(NativeSize, TellsWhereTheCellsOfAClassMapLie) {
  const auto plan = *Compiled()->PlanFor(Native("prob", 44, 72));
  ASSERT_TRUE(plan->outputs[0].field.has_value());
  const ReceptiveField& field = plan->outputs[0].field->width;
  EXPECT_EQ(field.stride, kStride);
  EXPECT_EQ(field.size, 31);  // the last of 32 pixels is left over by the stem
  EXPECT_EQ(field.offset, 15);
}

TEST(NativeSize, CostsNoWeightsOfItsOwn) {
  const auto model = Compiled();
  const auto first = *model->PlanFor(Native("prob", 44, 72));
  const int64_t before = AlignedBuffer::LiveBytes();
  std::vector<std::shared_ptr<const Plan>> plans;
  for (int64_t side = 36; side < 36 + 20 * kStride; side += kStride) {
    plans.push_back(*model->PlanFor(Native("prob", side, side)));
  }
  EXPECT_EQ(AlignedBuffer::LiveBytes(), before);
}

TEST(NativeSize, IsCompiledOnceForAllWhoWantIt) {
  const auto model = Compiled();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_THAT(model->PlanFor(Native("prob", 64, 96)), IsOk()); });
  }
  threads.clear();
  EXPECT_EQ(model->native_compilations(), 1);
}

TEST(NativeSize, ManyInARowStayWithinTheCache) {
  const auto model = Compiled({.max_native_plans = 4});
  const auto own = *model->PlanFor({.layers = {{"prob"}}, .height = kOwnSide, .width = kOwnSide});
  const auto largest = *model->PlanFor(Native("prob", 32 + 20 * kStride, 32 + 20 * kStride));
  std::vector<std::weak_ptr<const Plan>> seen;
  const auto run = [&](Executor& executor, int64_t height, int64_t width) {
    const auto plan = *model->PlanFor(Native("prob", height, width));
    seen.push_back(plan);
    ASSERT_THAT(executor.Use(plan), IsOk());
    ASSERT_THAT(executor.Run(nullptr), IsOk());
  };
  const auto executor = Executor::Create({});
  ASSERT_THAT(executor->Use(largest), IsOk());
  const int64_t before = AlignedBuffer::LiveBytes();
  for (int64_t i = 0; i < 300; ++i) run(*executor, 32 + (i % 20) * kStride, 32 + (i / 20) * kStride);
  EXPECT_EQ(AlignedBuffer::LiveBytes(), before);
  EXPECT_EQ(model->native_plans(), 4);
  EXPECT_EQ(model->native_compilations(), 301);
  const auto alive = std::count_if(seen.begin(), seen.end(), [](const auto& plan) { return !plan.expired(); });
  EXPECT_EQ(alive, 4) << "an executor holds plans that the cache has let go of";
  EXPECT_EQ(model->PlanFor({.layers = {{"prob"}}, .height = kOwnSide, .width = kOwnSide}).value(), own)
      << "plans of native sizes push out those of the own size";
}

}  // namespace
}  // namespace onebyone
