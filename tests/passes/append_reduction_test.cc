#include "engine/passes/append_reduction.h"

#include <utility>

#include "tests/passes/pass_checks.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/reference_interpreter.h"

namespace onebyone {
namespace {

using ::testing::AllOf;
using testing::ExpectShapesHold;
using testing::GraphBuilder;
using testing::HasNodeCount;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::RandomInputs;
using testing::RunGraph;
using testing::RunToTheEnd;
using testing::StatusIs;

enum class Extras : uint8_t { kNone, kBias, kBiasAndRelu };

// Row r is {r, r + 1, ...} / 10 with alternating signs.
std::shared_ptr<const Reduction> MakeReduction(int64_t rows, int64_t columns, Extras extras) {
  auto reduction = std::make_shared<Reduction>();
  reduction->name = "pca";
  reduction->layer = "y";
  reduction->weights = *Tensor::Create(DataType::kFloat32, {rows, columns});
  for (int64_t i = 0; i < rows * columns; ++i) {
    const float size = static_cast<float>(i / columns + i % columns) / 10.0F;
    reduction->weights.As<float>()[i] = i % 2 == 0 ? size : -size;
  }
  reduction->relu = extras == Extras::kBiasAndRelu;
  if (extras == Extras::kNone) return reduction;
  Tensor bias = *Tensor::Create(DataType::kFloat32, {rows});
  for (int64_t r = 0; r < rows; ++r) bias.As<float>()[r] = 0.1F * static_cast<float>(r) - 0.2F;
  reduction->bias = bias;
  return reduction;
}

// y = weights * x + bias in each place, by definition.
float Reduced(const Reduction& reduction, const Tensor& x, int64_t image, int64_t row, int64_t place, int64_t places) {
  const int64_t channels = reduction.layer_channels();
  double sum = reduction.bias.has_value() ? reduction.bias->As<float>()[row] : 0.0;
  for (int64_t c = 0; c < channels; ++c) {
    sum += static_cast<double>(reduction.weights.As<float>()[row * channels + c]) *
           x.As<float>()[(image * channels + c) * places + place];
  }
  return static_cast<float>(reduction.relu && sum < 0.0 ? 0.0 : sum);
}

Graph Maps() { return GraphBuilder().Input("x", {2, 3, 4, 5}).Conv("y", "x", 6, {}).Output("y").Build(); }

Graph Vectors() {
  return GraphBuilder().Input("x", {2, 3, 4, 5}).Flatten("f", "x").Gemm("y", "f", 6).Output("y").Build();
}

class AppendReductionCase : public ::testing::TestWithParam<std::tuple<Extras, int64_t, bool>> {};

TEST_P(AppendReductionCase, ReducesEachPlaceByTheFirstRows) {
  const auto [extras, channels, is_map] = GetParam();
  const auto reduction = MakeReduction(5, 6, extras);
  Graph graph = is_map ? Maps() : Vectors();
  const std::vector<Tensor> inputs = *RandomInputs(graph, /*seed=*/3);
  const Tensor layer = RunGraph(graph, inputs)->front();
  EXPECT_EQ(RunToTheEnd(AppendReduction{0, reduction, channels}, graph), 1);
  ExpectShapesHold(graph);
  EXPECT_EQ(graph.outputs()[0].name, "y");
  ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> results, RunGraph(graph, inputs));
  const int64_t places = is_map ? 20 : 1;
  ASSERT_EQ(results[0].shape().ToString(), (is_map ? Shape{2, channels, 4, 5} : Shape{2, channels}).ToString());
  for (int64_t i = 0; i < results[0].elements(); ++i) {
    const int64_t image = i / (channels * places);
    EXPECT_NEAR(results[0].As<float>()[i], Reduced(*reduction, layer, image, i / places % channels, i % places, places),
                1e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(All, AppendReductionCase,
                         ::testing::Combine(::testing::Values(Extras::kNone, Extras::kBias, Extras::kBiasAndRelu),
                                            ::testing::Values(1, 3, 5), ::testing::Bool()));

// Network in Network, with more channels than the layer has.
TEST(AppendReduction, RunsTheHiddenConvolutionBefore) {
  for (const bool is_map : {true, false}) {
    const auto hidden = MakeReduction(9, 6, Extras::kBiasAndRelu);
    auto chain = std::make_shared<Reduction>(*MakeReduction(8, 9, Extras::kBias));
    chain->hidden = PointwiseConvolution{.weights = hidden->weights, .bias = hidden->bias, .relu = true};
    Graph graph = is_map ? Maps() : Vectors();
    const std::vector<Tensor> inputs = *RandomInputs(graph, /*seed=*/4);
    const Tensor layer = RunGraph(graph, inputs)->front();
    EXPECT_EQ(RunToTheEnd(AppendReduction{0, chain, 7}, graph), 1);
    ExpectShapesHold(graph);
    ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> results, RunGraph(graph, inputs));
    const int64_t places = is_map ? 20 : 1;
    for (int64_t i = 0; i < results[0].elements(); ++i) {
      const int64_t image = i / (7 * places);
      const int64_t row = i / places % 7;
      double wanted = chain->bias->As<float>()[row];
      for (int64_t h = 0; h < 9; ++h) {
        wanted += static_cast<double>(chain->weights.As<float>()[row * 9 + h]) *
                  Reduced(*hidden, layer, image, h, i % places, places);
      }
      EXPECT_NEAR(results[0].As<float>()[i], wanted, 1e-4) << is_map << " " << i;
    }
  }
}

TEST(AppendReduction, SharesTheWeightsWhereAllRowsAreAsked) {
  const auto reduction = MakeReduction(5, 6, Extras::kNone);
  Graph graph = Maps();
  ASSERT_THAT((AppendReduction{0, reduction, 5}.Run(graph)), IsOk());
  const NodeId conv = graph.value(graph.outputs()[0].value).producer;
  EXPECT_EQ(graph.ConstantOf(graph.node(conv).inputs[1])->data(), reduction->weights.data());
}

TEST(AppendReduction, ComputesTheSameReductionOnceForTwoOutputs) {
  const auto reduction = MakeReduction(6, 6, Extras::kBias);
  Graph graph = Maps();
  graph.AddOutput("y", graph.FindValue("y"));
  graph.AddOutput("y", graph.FindValue("y"));
  EXPECT_EQ(RunToTheEnd(AppendReduction{0, reduction, 6}, graph), 1);
  EXPECT_EQ(RunToTheEnd(AppendReduction{2, reduction, 6}, graph), 1);
  EXPECT_EQ(graph.outputs()[0].value, graph.outputs()[2].value);
  EXPECT_EQ(graph.value(graph.outputs()[1].value).name, "y");  // stays whole
  EXPECT_EQ(RunToTheEnd(AppendReduction{1, reduction, 2}, graph), 1);
  EXPECT_THAT(graph, HasNodeCount(OpType::kConv, 3));
}

TEST(AppendReduction, SaysWhatDoesNotFit) {
  const auto code = absl::StatusCode::kInvalidArgument;
  const auto reduction = MakeReduction(5, 6, Extras::kNone);
  Graph graph = Maps();
  EXPECT_THAT((AppendReduction{0, reduction, 6}.Run(graph)),
              StatusIs(code, AllOf(HasSubstr("1 to 5"), HasSubstr("got 6"))));
  EXPECT_THAT((AppendReduction{0, reduction, 0}.Run(graph)), StatusIs(code, HasSubstr("got 0")));
  EXPECT_THAT((AppendReduction{0, reduction, -1}.Run(graph)), StatusIs(code, HasSubstr("got -1")));
  EXPECT_THAT((AppendReduction{0, MakeReduction(5, 7, Extras::kNone), 5}.Run(graph)),
              StatusIs(code, AllOf(HasSubstr("wants 7 channels"), HasSubstr("got 6"))));
  EXPECT_THAT((AppendReduction{1, reduction, 5}.Run(graph)), StatusIs(code, HasSubstr("got 1")));
  EXPECT_THAT((AppendReduction{-1, reduction, 5}.Run(graph)), StatusIs(code, HasSubstr("got -1")));
  EXPECT_THAT((AppendReduction{0, nullptr, 5}.Run(graph)), StatusIs(code, HasSubstr("got none")));
  EXPECT_EQ(graph.node_count(), 1);
}

TEST(AppendReduction, RefusesALayerThatHasNoChannelsAndABrokenReduction) {
  const auto code = absl::StatusCode::kInvalidArgument;
  Graph cube = GraphBuilder().Input("x", {2, 6, 4}).Relu("y", "x").Output("y").Build();
  EXPECT_THAT((AppendReduction{0, MakeReduction(5, 6, Extras::kNone), 5}.Run(cube)),
              StatusIs(code, HasSubstr("[2, 6, 4]")));
  auto broken = std::make_shared<Reduction>(*MakeReduction(5, 6, Extras::kNone));
  broken->bias = *Tensor::Create(DataType::kFloat32, {4});
  Graph graph = Maps();
  EXPECT_THAT((AppendReduction{0, broken, 5}.Run(graph)), StatusIs(code, AllOf(HasSubstr("[5]"), HasSubstr("[4]"))));
  broken->weights = *Tensor::Create(DataType::kFloat32, {30});
  EXPECT_THAT((AppendReduction{0, broken, 5}.Run(graph)), StatusIs(code, HasSubstr("rank 2")));
}

}  // namespace
}  // namespace onebyone
