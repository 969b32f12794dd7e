#include "engine/runtime/compiled_model.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <random>

#include "engine/runtime/executor.h"
#include "engine/tensor/aligned_buffer.h"
#include "tests/testing/cosine.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

// Builds small networks out of convolutions with seeded weights.
class NetworkBuilder {
 public:
  explicit NetworkBuilder(uint32_t seed = 1) : random_(seed) {}

  ValueId Input(int64_t channels, int64_t side) {
    return *graph_.AddInput("image", DataType::kFloat32, {Shape::kUnknown, channels, side, side});
  }

  ValueId Conv(const std::string& name, ValueId src, int64_t channels_in, int64_t channels_out, int64_t kernel,
               int64_t stride = 1) {
    const ValueId weights = Constant(name + "_w", {channels_out, channels_in, kernel, kernel},
                                     1.0F / std::sqrt(static_cast<float>(channels_in * kernel * kernel)));
    const ValueId bias = Constant(name + "_b", {channels_out}, 0.1F);
    ConvAttributes attributes;
    attributes.window = Window{{kernel, kernel},         {stride, stride},         {1, 1},
                               {kernel / 2, kernel / 2}, {kernel / 2, kernel / 2}, Window::AutoPad::kExplicit};
    return Node(OpType::kConv, name, attributes, {src, weights, bias});
  }

  ValueId Relu(ValueId src) {
    return Node(OpType::kRelu, graph_.value(src).name + "_relu", ActivationAttributes{}, {src});
  }

  ValueId MaxPool(const std::string& name, ValueId src, int64_t stride) {
    PoolAttributes attributes;
    attributes.window = Window{{3, 3}, {stride, stride}, {1, 1}, {1, 1}, {1, 1}, Window::AutoPad::kExplicit};
    return Node(OpType::kMaxPool, name, attributes, {src});
  }

  ValueId Concat(const std::string& name, std::vector<ValueId> parts) {
    return Node(OpType::kConcat, name, AxisAttributes{1}, std::move(parts));
  }

  Graph Build(ValueId output) {
    graph_.AddOutput(graph_.value(output).name, output);
    return std::move(graph_);
  }

 private:
  ValueId Node(OpType op, const std::string& name, Attributes attributes, std::vector<ValueId> inputs) {
    return graph_.node(*graph_.AddNode(op, name, std::move(attributes), std::move(inputs), {name})).outputs[0];
  }

  ValueId Constant(const std::string& name, const Shape& shape, float scale) {
    Tensor tensor = *Tensor::Create(DataType::kFloat32, shape);
    std::normal_distribution<float> normal(0.0F, scale);
    for (int64_t i = 0; i < tensor.elements(); ++i) tensor.As<float>()[i] = normal(random_);
    return *graph_.AddConstant(name, std::move(tensor));
  }

  Graph graph_;
  std::mt19937 random_;
};

// conv -> pool -> an Inception block with branches 32 + 48 + 16 -> a block behind it.
Graph SmallInception() {
  NetworkBuilder net;
  const ValueId image = net.Input(3, 33);
  const ValueId stem = net.MaxPool("pool1", net.Relu(net.Conv("conv1", image, 3, 32, 5, 2)), 2);
  const ValueId one = net.Relu(net.Conv("3a/1x1", stem, 32, 32, 1));
  const ValueId three = net.Relu(net.Conv("3a/3x3", net.Relu(net.Conv("3a/3x3_reduce", stem, 32, 24, 1)), 24, 48, 3));
  const ValueId pool = net.Relu(net.Conv("3a/pool_proj", net.MaxPool("3a/pool", stem, 1), 32, 16, 1));
  const ValueId block = net.Concat("3a/output", {one, three, pool});
  const ValueId next = net.Relu(net.Conv("3b/3x3", block, 96, 64, 3));
  return net.Build(net.Concat("3b/output", {next, net.Relu(net.Conv("3b/1x1", block, 96, 40, 1))}));
}

std::shared_ptr<CompiledModel> Compiled(const CompileOptions& options) {
  auto model = CompiledModel::Compile(SmallInception(), 33, 33, options);
  EXPECT_THAT(model, IsOk());
  return *std::move(model);
}

std::vector<float> RunLayer(CompiledModel& model, const std::string& layer, int64_t batch = 1) {
  const auto plan = model.PlanFor({.layers = {{layer}}, .batch = batch, .height = 33, .width = 33});
  EXPECT_THAT(plan, IsOk());
  const auto executor = Executor::Create({});
  EXPECT_THAT(executor->Use(*plan), IsOk());
  const TensorView input = executor->Input();
  std::mt19937 random(7);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  for (int64_t i = 0; i < input.shape.Elements(); ++i) input.As<float>()[i] = uniform(random);
  EXPECT_THAT(executor->Run(nullptr), IsOk());
  const ConstTensorView output = executor->Output(0);
  return {output.As<float>(), output.As<float>() + output.shape.Elements()};
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

class CompiledLayers : public ::testing::TestWithParam<std::string> {};

TEST_P(CompiledLayers, EqualThePlainReference) {
  const auto fast = Compiled({});
  const auto exact = Compiled({.convolution = CompileOptions::Convolution::kExact});
  const auto plain = Compiled({.reference_only = true});
  for (const int64_t batch : {1, 3}) {
    const std::vector<float> wanted = RunLayer(*plain, GetParam(), batch);
    ExpectNear(RunLayer(*fast, GetParam(), batch), wanted);
    ExpectNear(RunLayer(*exact, GetParam(), batch), wanted);
  }
}

INSTANTIATE_TEST_SUITE_P(OfASmallInception, CompiledLayers,
                         ::testing::Values("conv1", "conv1_relu", "pool1", "3a/3x3_reduce_relu", "3a/3x3", "3a/pool",
                                           "3a/output", "3b/3x3_relu", "3b/output"));

TEST_P(CompiledLayers, InBFloat16AreTheReferenceWithinItsRounding) {
  const auto model = CompiledModel::Compile(SmallInception(), 33, 33, {.precision = Precision::kBFloat16});
  if (absl::IsFailedPrecondition(model.status())) GTEST_SKIP() << model.status();
  ASSERT_THAT(model, IsOk());
  const auto plain = Compiled({.reference_only = true});
  for (const int64_t batch : {1, 3}) {
    const std::vector<float> wanted = RunLayer(*plain, GetParam(), batch);
    const std::vector<float> got = RunLayer(**model, GetParam(), batch);
    ASSERT_EQ(got.size(), wanted.size());
    EXPECT_GT(testing::Cosine(got, wanted), 0.9999);
    EXPECT_NE(got, wanted) << "not in bfloat16 at all";
  }
}

TEST(CompiledModel, RunsNoStepBehindTheLayer) {
  const auto model = Compiled({});
  const auto early = *model->PlanFor({.layers = {{"3a/output"}}, .height = 33, .width = 33});
  for (const Step& step : early->steps) EXPECT_THAT(step.name, ::testing::Not(HasSubstr("3b")));
  const auto executor = Executor::Create({});
  ASSERT_THAT(executor->Use(early), IsOk());
  ASSERT_THAT(executor->Run(nullptr), IsOk());
  EXPECT_EQ(executor->steps_run(), static_cast<int64_t>(early->steps.size()));
}

TEST(CompiledModel, LetsBranchesWriteIntoTheConcatWithoutACopy) {
  const auto model = Compiled({.convolution = CompileOptions::Convolution::kExact});  // each convolution is a step
  const auto plan = *model->PlanFor({.layers = {{"3b/output"}}, .height = 33, .width = 33});
  int64_t first_part = -1;
  for (const Step& step : plan->steps) {
    EXPECT_NE(step.op, "Concat");
    if (step.name == "3a/1x1_relu") first_part = step.outputs[0].offset;
  }
  const int64_t side = 9;  // 33 / 2 / 2, rounded up
  for (const Step& step : plan->steps) {
    if (step.name == "3a/3x3_relu") {
      EXPECT_EQ(step.outputs[0].offset, first_part + 32 * side * side * 4);
    }
    if (step.name == "3b/3x3_relu") {
      EXPECT_EQ(step.inputs[0].offset, first_part);
    }
  }
}

TEST(CompiledModel, CopiesNothingForAConcatInBFloat16Either) {
  const auto model = CompiledModel::Compile(SmallInception(), 33, 33, {.precision = Precision::kBFloat16});
  if (absl::IsFailedPrecondition(model.status())) GTEST_SKIP() << model.status();
  ASSERT_THAT(model, IsOk());
  const auto plan = *(*model)->PlanFor({.layers = {{"3a/output"}}, .height = 33, .width = 33});
  for (const Step& step : plan->steps) EXPECT_NE(step.op, "Concat");
}

TEST(CompiledModel, AllocatesNoTensorMemoryAfterTheFirstRun) {
  const auto model = Compiled({});
  const auto plan = *model->PlanFor({.layers = {{"3b/output"}}, .height = 33, .width = 33});
  const auto executor = Executor::Create({});
  ASSERT_THAT(executor->Use(plan), IsOk());
  ASSERT_THAT(executor->Run(nullptr), IsOk());
  const int64_t before = AlignedBuffer::TotalCreated();
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(executor->Use(*model->PlanFor({.layers = {{"3b/output"}}, .height = 33, .width = 33})), IsOk());
    ASSERT_THAT(executor->Run(nullptr), IsOk());
  }
  EXPECT_EQ(AlignedBuffer::TotalCreated(), before);
}

TEST(CompiledModel, GivesTheSameBitsWhateverRanBefore) {
  const auto model = Compiled({});
  const std::vector<float> first = RunLayer(*model, "3b/output");
  RunLayer(*model, "3a/output");
  EXPECT_EQ(RunLayer(*model, "3b/output"), first);
}

TEST(CompiledModel, NamesTheNearestLayerForAnUnknownOne) {
  EXPECT_THAT(Compiled({})->PlanFor({.layers = {{"3a/outptu"}}, .height = 33, .width = 33}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("3a/output")));
}

TEST(Executor, StopsBetweenStepsWhenCancelled) {
  const auto model = Compiled({});
  const auto executor = Executor::Create({});
  ASSERT_THAT(executor->Use(*model->PlanFor({.layers = {{"3b/output"}}, .height = 33, .width = 33})), IsOk());
  Cancellation cancellation;
  cancellation.Cancel();
  EXPECT_THAT(executor->Run(&cancellation), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(executor->steps_run(), 0);
  const Cancellation late(absl::Now() - absl::Seconds(1));
  EXPECT_THAT(executor->Run(&late), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(executor->steps_run(), 0);
}

}  // namespace
}  // namespace onebyone
