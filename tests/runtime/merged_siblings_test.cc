#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "absl/strings/str_cat.h"
#include "engine/kernels/onednn/layout.h"
#include "engine/runtime/compiled_model.h"
#include "engine/runtime/executor.h"
#include "engine/runtime/lowering.h"
#include "tests/passes/random_network.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

// Whole networks whose sibling convolutions run as one step.

namespace onebyone {
namespace {

using testing::GraphBuilder;
using testing::IsOk;
using testing::RandomNetwork;

// Two blocks; 24 channels fill one and a half blocks of 16.
Graph Blocks() {
  GraphBuilder builder;
  builder.Input("image", {1, 3, 18, 18}).Conv("stem", "image", 32, {.kernel = 3, .stride = 2, .pad = 1});
  std::string x = "stem";
  for (const std::string block : {"a/", "b/"}) {
    const auto conv = [&](const std::string& name, const std::string& src, int64_t channels, int64_t kernel) {
      builder.Conv(block + name, src, channels, {.kernel = kernel, .pad = kernel / 2});
      builder.Relu(block + name + "_relu", block + name);
    };
    builder.MaxPool(block + "pool", x, {.kernel = 3, .pad = 1});
    conv("pool_proj", block + "pool", 16, 1);  // comes before the siblings
    conv("1x1", x, 64, 1);
    conv("3x3_reduce", x, 32, 1);
    conv("3x3", block + "3x3_reduce_relu", 48, 3);
    conv("5x5_reduce", x, 24, 1);
    conv("5x5", block + "5x5_reduce_relu", 32, 5);
    builder.Concat(block + "y", {block + "1x1_relu", block + "3x3_relu", block + "5x5_relu", block + "pool_proj_relu"});
    x = block + "y";
  }
  return builder.Output("b/y").Build();
}

CompileOptions Merged(Precision precision = Precision::kFloat32) {
  return {.every_conv = kMergedVariant, .precision = precision};
}
constexpr CompileOptions::Convolution kExact = CompileOptions::Convolution::kExact;

std::shared_ptr<CompiledModel> Compiled(const Graph& graph, const CompileOptions& options) {
  const Shape& input = graph.value(graph.inputs().front()).shape;
  auto model = CompiledModel::Compile(graph, input[2], input[3], options);
  EXPECT_THAT(model, IsOk());
  return *std::move(model);
}

std::shared_ptr<const Plan> PlanOf(CompiledModel& model, const std::vector<std::string>& layers, int64_t batch = 1) {
  PlanQuery query = {.batch = batch, .height = model.input_height(), .width = model.input_width()};
  for (const std::string& layer : layers) query.layers.push_back({layer});
  auto plan = model.PlanFor(query);
  EXPECT_THAT(plan, IsOk());
  return *std::move(plan);
}

std::vector<std::vector<float>> Extract(CompiledModel& model, const std::vector<std::string>& layers,
                                        int64_t batch = 1) {
  const auto executor = Executor::Create({});
  EXPECT_THAT(executor->Use(PlanOf(model, layers, batch)), IsOk());
  const TensorView input = executor->Input();
  std::mt19937 random(11);
  std::normal_distribution<float> normal(0.0F, 1.0F);
  for (int64_t i = 0; i < input.shape.Elements(); ++i) input.As<float>()[i] = normal(random);
  EXPECT_THAT(executor->Run(nullptr), IsOk());
  std::vector<std::vector<float>> maps;
  for (size_t i = 0; i < layers.size(); ++i) {
    const ConstTensorView map = executor->Output(static_cast<int>(i));
    maps.emplace_back(map.As<float>(), map.As<float>() + map.shape.Elements());
  }
  return maps;
}

void ExpectNear(const std::vector<float>& got, const std::vector<float>& wanted, float tolerance) {
  ASSERT_EQ(got.size(), wanted.size());
  float largest = 0.0F;
  float difference = 0.0F;
  for (size_t i = 0; i < got.size(); ++i) {
    largest = std::max(largest, std::abs(wanted[i]));
    difference = std::max(difference, std::abs(wanted[i] - got[i]));
  }
  EXPECT_LE(difference, tolerance * largest);
}

int MergedSteps(const Plan& plan) {
  return static_cast<int>(std::count_if(plan.steps.begin(), plan.steps.end(),
                                        [](const Step& step) { return step.conv_variant == kMergedVariant; }));
}

const Step& StepOf(const Plan& plan, absl::string_view name) {
  const auto found = std::find_if(plan.steps.begin(), plan.steps.end(),
                                  [&](const Step& step) { return step.name == name && step.op != "Reorder"; });
  EXPECT_NE(found, plan.steps.end()) << name;
  return *found;
}

TEST(MergedSiblings, AreFewerStepsWithTheSameWork) {
  const auto merged = PlanOf(*Compiled(Blocks(), Merged()), {"b/y"});
  const auto apart = PlanOf(*Compiled(Blocks(), {.convolution = kExact}), {"b/y"});
  EXPECT_EQ(MergedSteps(*merged), 2);
  EXPECT_EQ(MergedSteps(*apart), 0);
  EXPECT_EQ(merged->steps.size(), apart->steps.size() - 4);
  EXPECT_EQ(merged->multiply_adds, apart->multiply_adds);
}

TEST(MergedSiblings, LieBesideEachOtherAndInsideTheConcat) {
  const auto plan = PlanOf(*Compiled(Blocks(), Merged()), {"b/y"});
  const int64_t plane = int64_t{9} * 9 * 4;
  const int64_t all = StepOf(*plan, "a/3x3_reduce_relu + a/5x5_reduce_relu + a/1x1_relu").outputs[0].offset;
  const int64_t whole = all + (32 + WholeBlocks(24)) * plane;
  EXPECT_EQ(StepOf(*plan, "a/3x3_relu").inputs[0].offset, all);
  EXPECT_EQ(StepOf(*plan, "a/5x5_relu").inputs[0].offset, all + 32 * plane);
  EXPECT_EQ(StepOf(*plan, "a/3x3_relu").outputs[0].offset, whole + 64 * plane);
  EXPECT_EQ(StepOf(*plan, "a/pool_proj_relu").outputs[0].offset, whole + (64 + 48 + 32) * plane);
  EXPECT_EQ(StepOf(*plan, "b/pool").inputs[0].offset, whole);
  EXPECT_EQ(StepOf(*plan, "b/3x3_reduce_relu + b/5x5_reduce_relu + b/1x1_relu").inputs[0].offset, whole);
}

// Layers alone and together: members that are asked for, blocks of which only some members are needed.
class MergedLayers : public ::testing::TestWithParam<std::vector<std::string>> {};

TEST_P(MergedLayers, EqualThePlainReference) {
  const auto plain = Compiled(Blocks(), {.reference_only = true});
  const auto merged = Compiled(Blocks(), Merged());
  for (const int64_t batch : {1, 3}) {
    const auto wanted = Extract(*plain, GetParam(), batch);
    const auto got = Extract(*merged, GetParam(), batch);
    for (size_t i = 0; i < wanted.size(); ++i) ExpectNear(got[i], wanted[i], 1e-4F);
  }
}

TEST_P(MergedLayers, InBFloat16AreThoseOfEachByItself) {
  if (!HasBFloat16()) GTEST_SKIP() << "no bfloat16";
  const auto apart = Compiled(Blocks(), {.convolution = kExact, .precision = Precision::kBFloat16});
  const auto merged = Compiled(Blocks(), Merged(Precision::kBFloat16));
  const auto wanted = Extract(*apart, GetParam());
  const auto got = Extract(*merged, GetParam());
  for (size_t i = 0; i < wanted.size(); ++i) ExpectNear(got[i], wanted[i], 1e-2F);
}

INSTANTIATE_TEST_SUITE_P(
    OfTwoBlocks, MergedLayers,
    ::testing::Values(std::vector<std::string>{"a/y"}, std::vector<std::string>{"b/y"},
                      std::vector<std::string>{"b/5x5_reduce_relu"}, std::vector<std::string>{"a/5x5_reduce"},
                      std::vector<std::string>{"b/1x1_relu", "b/3x3_relu"},
                      std::vector<std::string>{"b/3x3_relu", "b/5x5_relu"},
                      std::vector<std::string>{"a/1x1_relu", "a/5x5_reduce_relu", "a/y", "b/3x3_reduce_relu", "b/y"}));

TEST(MergedSiblings, AreThoseThatTheLayersNeed) {
  const auto model = Compiled(Blocks(), Merged());
  EXPECT_EQ(MergedSteps(*PlanOf(*model, {"a/3x3_relu"})), 0);
  const auto plan = PlanOf(*model, {"a/3x3_relu", "a/5x5_relu"});
  EXPECT_EQ(MergedSteps(*plan), 1);
  StepOf(*plan, "a/3x3_reduce_relu + a/5x5_reduce_relu");
}

TEST(MergedSiblings, StayApartForSeveralImagesExactRunsAndReferences) {
  EXPECT_EQ(MergedSteps(*PlanOf(*Compiled(Blocks(), Merged()), {"b/y"}, 3)), 0);
  EXPECT_EQ(MergedSteps(*PlanOf(*Compiled(Blocks(), {.convolution = kExact}), {"b/y"})), 0);
  CompileOptions reference = Merged();
  reference.reference_only = true;
  EXPECT_EQ(MergedSteps(*PlanOf(*Compiled(Blocks(), reference), {"b/y"})), 0);
}

TEST(MergedSiblings, SharePackedWeightsAmongPlansAndLeaveNothingBehind) {
  Graph graph = GraphBuilder()
                    .Input("x", {1, 32, 9, 9})
                    .Conv("a", "x", 32, {})
                    .Conv("b", "x", 24, {})
                    .Output("a")
                    .Output("b")
                    .Build();
  const ConvChoice merge = ConvChoice::Always(kMergedVariant);
  WeightCache weights;
  auto first = *Lower(graph, {.choice = &merge}, weights);
  EXPECT_EQ(weights.live(), 1);
  auto second = *Lower(graph, {.choice = &merge}, weights);
  EXPECT_EQ(weights.live(), 1);
  first.reset();
  EXPECT_EQ(weights.live(), 1);
  second.reset();
  EXPECT_EQ(weights.live(), 0);
}

// Blocks of siblings, in any number, of any width, in any places of concats that nest or share parts, with any of them
// asked for.
Graph RandomSiblings(uint64_t seed) {
  std::mt19937 random(static_cast<uint32_t>(seed));
  const auto below = [&](int64_t limit) { return static_cast<int64_t>(random() % limit); };
  const int64_t unit = seed % 3 == 0 ? 8 : 16;  // with 8, some concats are copies
  GraphBuilder builder(seed);
  builder.Input("image", {1, 3, 10, 10}).Conv("stem", "image", 16 + 8 * below(3), {.kernel = 3, .pad = 1});
  std::string x = "stem";
  for (int block = 0; block < 3; ++block) {
    std::vector<std::string> branches;
    const auto name = [&](const char* what) { return absl::StrCat(block, what, branches.size()); };
    for (int64_t count = 2 + below(5); count > 0; --count) {
      std::string branch = name("conv");
      builder.Conv(branch, x, unit * (1 + below(4)), {.bias = below(8) > 0});
      const int64_t activation = below(8);
      if (activation > 1) builder.Relu(branch = name("relu"), name("conv"));
      if (activation == 1) builder.Sigmoid(branch = name("sigmoid"), name("conv"));
      if (below(6) == 0) builder.Output(branch);
      if (below(2) == 0) {
        builder.Conv(name("behind"), branch, 16, {.kernel = 3, .pad = 1});
        branch = name("behind");
      }
      if (below(5) == 0) {
        builder.Conv(name("beside"), x, unit, {.bias = below(8) > 0});
        builder.Concat(name("inner"), {branch, name("beside")});
        branch = name("inner");
      }
      branches.push_back(branch);
    }
    std::shuffle(branches.begin(), branches.end(), random);
    builder.Concat(x = absl::StrCat("block", block), branches);
    if (below(3) == 0) builder.Output(x);
  }
  return builder.Output("last", x).Build();
}

class MergedRandomNetworks : public ::testing::TestWithParam<uint64_t> {};

TEST_P(MergedRandomNetworks, ComputeWhatTheyComputeApart) {
  for (const Graph& graph : {RandomNetwork(GetParam()), RandomSiblings(GetParam())}) {
    const auto apart = Compiled(graph, {.convolution = kExact});
    const auto merged = Compiled(graph, Merged());
    std::vector<std::string> layers;
    for (const LayerInfo& layer : apart->layers()) layers.push_back(layer.name);
    for (const auto& asked : {apart->output_layers(), layers}) {
      const auto wanted = Extract(*apart, asked);
      const auto got = Extract(*merged, asked);
      for (size_t i = 0; i < asked.size(); ++i) {
        SCOPED_TRACE(asked[i]);
        ExpectNear(got[i], wanted[i], 1e-4F);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, MergedRandomNetworks, ::testing::Range(uint64_t{1}, uint64_t{61}));

TEST(MergedSiblings, AreThereInTheRandomNetworks) {
  int merged = 0;
  int without_copies = 0;
  for (uint64_t seed = 1; seed < 61; ++seed) {
    const auto model = Compiled(RandomSiblings(seed), Merged());
    const auto plan = PlanOf(*model, {"last"});
    const int found = MergedSteps(*plan);
    const auto copies = [](const Step& step) { return step.op == "Concat"; };
    merged += found;
    without_copies += std::none_of(plan->steps.begin(), plan->steps.end(), copies) ? found : 0;
  }
  EXPECT_GE(merged, 30);
  EXPECT_GE(without_copies, 10);
}

}  // namespace
}  // namespace onebyone
