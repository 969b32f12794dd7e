#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "engine/runtime/compiled_model.h"
#include "engine/runtime/executor.h"
#include "tests/passes/random_network.h"
#include "tests/testing/cosine.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

// Whole networks in int8 beside the same in float32.

namespace onebyone {
namespace {

using testing::Cosine;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::RandomNetwork;
using testing::StatusIs;

using Values = std::vector<std::vector<float>>;  // of layers

std::vector<LayerQuery> AllLayers(const CompiledModel& model) {
  std::vector<LayerQuery> layers;
  for (const LayerInfo& layer : model.layers()) layers.push_back({layer.name});
  return layers;
}

// The layers for one random picture; also the picture, last.
Values Extract(CompiledModel& model, const std::vector<LayerQuery>& layers) {
  const auto plan = model.PlanFor({.layers = layers, .height = model.input_height(), .width = model.input_width()});
  EXPECT_THAT(plan, IsOk());
  const auto executor = Executor::Create({});
  EXPECT_THAT(executor->Use(*plan), IsOk());
  const TensorView input = executor->Input();
  std::mt19937 random(11);
  std::normal_distribution<float> normal(0.0F, 1.0F);
  for (int64_t i = 0; i < input.shape.Elements(); ++i) input.As<float>()[i] = normal(random);
  std::vector<float> picture(input.As<float>(), input.As<float>() + input.shape.Elements());
  EXPECT_THAT(executor->Run(nullptr), IsOk());
  Values values;
  for (size_t i = 0; i < layers.size(); ++i) {
    const ConstTensorView map = executor->Output(static_cast<int>(i));
    values.emplace_back(map.As<float>(), map.As<float>() + map.shape.Elements());
  }
  values.push_back(std::move(picture));
  return values;
}

std::shared_ptr<CompiledModel> Compiled(const Graph& graph, const CompileOptions& options) {
  const Shape& input = graph.value(graph.inputs().front()).shape;
  auto model = CompiledModel::Compile(graph, input[2], input[3], options);
  EXPECT_THAT(model, IsOk());
  return *std::move(model);
}

std::shared_ptr<Calibration> Calibrated(const Graph& graph) {
  const auto model = Compiled(graph, {.convolution = CompileOptions::Convolution::kExact});
  const std::vector<LayerQuery> layers = AllLayers(*model);
  const Values values = Extract(*model, layers);
  auto calibration = std::make_shared<Calibration>();
  for (size_t i = 0; i < values.size(); ++i) {
    const auto [low, high] = std::minmax_element(values[i].begin(), values[i].end());
    const std::string name = i < layers.size() ? layers[i].layer : graph.value(graph.inputs().front()).name;
    calibration->ranges[name] = {std::min(0.0F, *low), std::max(0.0F, *high)};
  }
  return calibration;
}

Graph InceptionBlocks() {
  return GraphBuilder()
      .Input("image", {1, 3, 33, 33})
      .Conv("conv1", "image", 32, {.kernel = 5, .stride = 2, .pad = 2})
      .Relu("relu1", "conv1")
      .MaxPool("pool1", "relu1", {.kernel = 3, .stride = 2, .ceil_mode = true})
      .Lrn("norm1", "pool1")
      .Conv("a_conv", "norm1", 32, {.kernel = 1})
      .Relu("a", "a_conv")
      .Conv("b_conv", "norm1", 24, {.kernel = 3, .pad = 1})
      .Relu("b", "b_conv")
      .MaxPool("pool2", "norm1", {.kernel = 3, .pad = 1})
      .Concat("block", {"a", "b", "pool2"})
      .Conv("c_conv", "block", 40, {.kernel = 3, .pad = 1})
      .Relu("c", "c_conv")
      .GlobalAveragePool("pooled", "c")
      .Flatten("flat", "pooled")
      .Gemm("classes", "flat", 10)
      .Output("classes")
      .Build();
}

// Found by engine_difference: numbers of both signs, whose mean is a hundredth of the largest.
TEST(Int8, KeepsTheMeansOverAnImageHoweverLargeItsPixelsAre) {
  const Graph graph = GraphBuilder()
                          .Input("image", {1, 3, 32, 32})
                          .Conv("conv", "image", 16, {.kernel = 3, .pad = 1, .bias = false})
                          .AveragePool("pooled", "conv", {.kernel = 32})  // as Caffe writes it
                          .Flatten("flat", "pooled")
                          .Gemm("classes", "flat", 10)
                          .Output("classes")
                          .Build();
  const auto model = Compiled(graph, {.precision = Precision::kInt8, .calibration = Calibrated(graph)});
  const auto exact = Compiled(graph, {.convolution = CompileOptions::Convolution::kExact});
  for (const char* layer : {"pooled", "classes"}) {
    EXPECT_GE(Cosine(Extract(*model, {{layer}})[0], Extract(*exact, {{layer}})[0]), 0.999) << layer;
  }
}

std::vector<std::string> StepsOf(CompiledModel& model, const std::string& layer) {
  std::vector<std::string> steps;
  const auto plan = model.PlanFor({.layers = {{layer}}, .height = model.input_height(), .width = model.input_width()});
  for (const Step& step : (*plan)->steps) steps.push_back(step.op);
  return steps;
}

TEST(Int8, RunsAnInceptionNetworkInBytesFromEndToEnd) {
  const Graph graph = InceptionBlocks();
  const auto model = Compiled(graph, {.precision = Precision::kInt8, .calibration = Calibrated(graph)});
  const auto exact = Compiled(graph, {});
  for (const char* layer : {"pool1", "norm1", "block", "c", "pooled", "classes"}) {
    EXPECT_GE(Cosine(Extract(*model, {{layer}})[0], Extract(*exact, {{layer}})[0]), 0.995) << layer;
  }
  // One conversion into bytes and one out of them.
  EXPECT_THAT(StepsOf(*model, "block"), ::testing::ElementsAre("Reorder", "Conv", "MaxPool", "LRN", "Conv", "Conv",
                                                               "MaxPool", "Concat", "Reorder"));
}

// Pictures whose dark places matter behind the normalization: bytes of even steps lose them, companded ones do not.
TEST(Int8, KeepsSmallNumbersThroughTheNormalizationWhereTheyAreCompanded) {
  const Graph graph = InceptionBlocks();
  const auto even = Calibrated(graph);
  auto companded = std::make_shared<Calibration>(*even);
  companded->companded_layers = {"conv1"};
  for (const auto& calibration : {even, companded}) {  // as where another picture was far brighter
    for (const char* value : {"relu1", "pool1"}) calibration->ranges[value].high *= 12;
  }
  const auto by_even = Compiled(graph, {.precision = Precision::kInt8, .calibration = even});
  const auto by_companded = Compiled(graph, {.precision = Precision::kInt8, .calibration = companded});
  const auto exact = Compiled(graph, {.convolution = CompileOptions::Convolution::kExact});
  for (const char* layer : {"norm1", "block"}) {
    const std::vector<float> wanted = Extract(*exact, {{layer}})[0];
    EXPECT_LT(1 - Cosine(Extract(*by_companded, {{layer}})[0], wanted),
              (1 - Cosine(Extract(*by_even, {{layer}})[0], wanted)) / 2)
        << layer;
  }
  EXPECT_THAT(StepsOf(*by_companded, "block"), ::testing::ElementsAre("Reorder", "Conv", "MaxPool", "LRN", "Conv",
                                                                      "Conv", "MaxPool", "Concat", "Reorder"));
}

TEST(Int8, AnswersWithCompandedLayersInFloat) {
  const Graph graph = InceptionBlocks();
  auto calibration = Calibrated(graph);
  calibration->companded_layers = {"relu1"};
  const auto model = Compiled(graph, {.precision = Precision::kInt8, .calibration = calibration});
  const auto exact = Compiled(graph, {.convolution = CompileOptions::Convolution::kExact});
  const Values got = Extract(*model, {{"relu1"}, {"pool1"}, {"block"}});
  const Values wanted = Extract(*exact, {{"relu1"}, {"pool1"}, {"block"}});
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_GE(Cosine(got[i], wanted[i]), 0.999) << i;
    const float largest = *std::max_element(wanted[i].begin(), wanted[i].end());
    EXPECT_NEAR(*std::max_element(got[i].begin(), got[i].end()), largest, 0.02F * largest) << i;
  }
}

TEST(Int8, CompandsNothingThatAConvolutionInFloatGives) {
  const Graph graph = InceptionBlocks();
  auto calibration = Calibrated(graph);
  calibration->companded_layers = {"relu1"};
  calibration->float_layers = {"relu1"};
  const auto model = Compiled(graph, {.precision = Precision::kInt8, .calibration = calibration});
  const auto exact = Compiled(graph, {.convolution = CompileOptions::Convolution::kExact});
  EXPECT_GE(Cosine(Extract(*model, {{"block"}})[0], Extract(*exact, {{"block"}})[0]), 0.995);
}

TEST(Int8, ReducesFromBytesToFloats) {
  const Graph graph = InceptionBlocks();
  auto reduction = std::make_shared<Reduction>();
  reduction->name = "pca";
  reduction->layer = "block";
  reduction->weights = *Tensor::Create(DataType::kFloat32, {20, 88});
  std::mt19937 random(3);
  std::normal_distribution<float> normal(0.0F, 0.1F);
  for (int64_t i = 0; i < reduction->weights.elements(); ++i) reduction->weights.As<float>()[i] = normal(random);
  const auto model = Compiled(graph, {.precision = Precision::kInt8, .calibration = Calibrated(graph)});
  const auto exact = Compiled(graph, {.convolution = CompileOptions::Convolution::kExact});
  const LayerQuery query = {.layer = "block", .reduction = reduction, .channels = 20};
  EXPECT_GE(Cosine(Extract(*model, {query})[0], Extract(*exact, {query})[0]), 0.99);
  const auto plan = model->PlanFor({.layers = {query}, .height = 33, .width = 33});
  std::vector<std::string> steps;
  for (const Step& step : (*plan)->steps) steps.push_back(step.op);
  // No conversion between the concat of bytes and the reduction, and one of its floats, from channels last to planes.
  EXPECT_THAT(steps, ::testing::ElementsAre("Reorder", "Conv", "MaxPool", "LRN", "Conv", "Conv", "MaxPool", "Concat",
                                            "Conv", "Reorder"));
}

TEST(Int8, KeepsConvolutionsInFloatThatTheCalibrationNames) {
  const Graph graph = InceptionBlocks();
  const auto calibration = Calibrated(graph);
  const auto all = Compiled(graph, {.precision = Precision::kInt8, .calibration = calibration});
  auto without = std::make_shared<Calibration>(*calibration);
  without->float_layers = {"conv1", "a", "b_conv", "c"};
  const auto none = Compiled(graph, {.precision = Precision::kInt8, .calibration = without});
  const auto exact = Compiled(graph, {.convolution = CompileOptions::Convolution::kExact});
  const std::vector<float> wanted = Extract(*exact, {{"relu1"}})[0];
  EXPECT_LT(Cosine(Extract(*all, {{"relu1"}})[0], wanted), 0.9999999);
  EXPECT_GT(Cosine(Extract(*none, {{"relu1"}})[0], wanted), 0.9999999);
}

TEST(Int8, WantsACalibration) {
  EXPECT_THAT(CompiledModel::Compile(InceptionBlocks(), 33, 33, {.precision = Precision::kInt8}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("calibrat")));
}

TEST(Int8, RunsInFloatWhatHasNoRange) {
  const Graph graph = InceptionBlocks();
  const auto model = Compiled(graph, {.precision = Precision::kInt8, .calibration = std::make_shared<Calibration>()});
  const auto exact = Compiled(graph, {.convolution = CompileOptions::Convolution::kExact});
  EXPECT_GT(Cosine(Extract(*model, {{"block"}})[0], Extract(*exact, {{"block"}})[0]), 0.9999999);
}

Tensor Number(float number) {
  Tensor tensor = *Tensor::Create(DataType::kFloat32, {});
  *tensor.As<float>() = number;
  return tensor;
}

// Quantized by other software: bytes between the operators, with its scales.
Graph QuantizedBlocks() {
  GraphBuilder builder;
  builder.Input("image", {1, 3, 24, 24}).Constant("scale", Number(0.03F)).Constant("signed_scale", Number(0.04F));
  Tensor middle = *Tensor::Create(DataType::kUInt8, {});
  *middle.As<uint8_t>() = 128;
  builder.Constant("middle", std::move(middle));
  const auto quantize = [&](const char* name, const char* x) {
    builder.Node(OpType::kQuantizeLinear, {name}, {x, "scale"}, QuantizeAttributes{});
  };
  const auto dequantize = [&](const char* name, const char* x) {
    builder.Node(OpType::kDequantizeLinear, {name}, {x, "scale"}, QuantizeAttributes{});
  };
  builder.Node(OpType::kQuantizeLinear, {"q0"}, {"image", "signed_scale", "middle"}, QuantizeAttributes{});
  builder.Node(OpType::kDequantizeLinear, {"x0"}, {"q0", "signed_scale", "middle"}, QuantizeAttributes{});
  builder.Conv("conv1", "x0", 32, {.kernel = 3, .stride = 2, .pad = 1}).Relu("relu1", "conv1");
  quantize("q1", "relu1");
  builder.MaxPool("p1", "q1", {.kernel = 3, .stride = 1, .pad = 1});
  dequantize("x1", "p1");
  builder.Conv("a", "x1", 16, {.kernel = 1});  // bytes cut off what is negative
  quantize("qa", "a");
  builder.Conv("b", "x1", 24, {.kernel = 3, .pad = 1}).Relu("relu_b", "b");
  quantize("qb", "relu_b");
  builder.Concat("block", {"qa", "qb"});
  dequantize("y", "block");
  return builder.GlobalAveragePool("pooled", "y").Output("pooled").Build();
}

TEST(Int8, RunsANetworkOfOtherSoftwaresBytesWithoutACalibration) {
  const Graph graph = QuantizedBlocks();
  const auto model = Compiled(graph, {.precision = Precision::kInt8});
  const auto exact = Compiled(graph, {.convolution = CompileOptions::Convolution::kExact});
  EXPECT_GE(Cosine(Extract(*model, {{"y"}})[0], Extract(*exact, {{"y"}})[0]), 0.998);
  EXPECT_GE(Cosine(Extract(*model, {{"pooled"}})[0], Extract(*exact, {{"pooled"}})[0]), 0.999);
  const std::vector<std::string> steps = StepsOf(*model, "y");
  EXPECT_THAT(std::vector<std::string>(steps.end() - 6, steps.end()),
              ::testing::ElementsAre("Conv", "MaxPool", "Conv", "Conv", "Concat", "Reorder"));
}

class Int8RandomNetworks : public ::testing::TestWithParam<uint64_t> {};

// Any mixture of operators, shapes and layouts: the layers stay near float32.
TEST_P(Int8RandomNetworks, StayNearFloat32) {
  const Graph graph = RandomNetwork(GetParam());
  const auto exact = Compiled(graph, {.convolution = CompileOptions::Convolution::kExact});
  const auto model = Compiled(graph, {.precision = Precision::kInt8, .calibration = Calibrated(graph)});
  const std::vector<LayerQuery> layers = AllLayers(*exact);
  const Values wanted = Extract(*exact, layers);
  const Values got = Extract(*model, layers);
  for (size_t i = 0; i < layers.size(); ++i) EXPECT_GE(Cosine(got[i], wanted[i]), 0.97) << layers[i].layer;
}

INSTANTIATE_TEST_SUITE_P(Seeds, Int8RandomNetworks, ::testing::Range(uint64_t{1}, uint64_t{41}));

}  // namespace
}  // namespace onebyone
