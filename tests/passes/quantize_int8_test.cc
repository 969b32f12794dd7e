#include "engine/passes/quantize_int8.h"

#include <gmock/gmock.h>

#include "engine/passes/elide_concat.h"
#include "engine/passes/fuse_activation.h"
#include "engine/passes/mark_convolutions.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/graph_matchers.h"

namespace onebyone {
namespace {

using testing::GraphBuilder;
using ::testing::Optional;

std::optional<Quantization> QuantizationOf(const Graph& graph, const char* name) {
  return graph.value(graph.FindValue(name)).quantization;
}

Graph Block() {
  return GraphBuilder()
      .Input("x", {1, 16, 8, 8})
      .Conv("a", "x", 8, {.kernel = 1})
      .Conv("b", "x", 8, {.kernel = 3, .pad = 1})
      .Concat("y", {"a", "b"})
      .MaxPool("pool", "y", {.kernel = 2, .stride = 2})
      .Conv("z", "pool", 8, {.kernel = 1})
      .Output("z")
      .Build();
}

Calibration Ranges() {
  Calibration calibration;
  calibration.ranges = {{"x", {-1.0F, 0.5F}}, {"a", {0, 1}},    {"b", {0, 3}},
                        {"y", {0, 3}},        {"pool", {0, 2}}, {"z", {-254.0F, 10}}};
  return calibration;
}

TEST(QuantizeInt8, TakesUnsignedBytesWhereNothingIsNegative) {
  Graph graph = Block();
  EXPECT_EQ(*QuantizeInt8{Ranges()}.Run(graph), 6);
  EXPECT_THAT(QuantizationOf(graph, "x"), Optional(Quantization{1.0F / 127, true}));
  EXPECT_THAT(QuantizationOf(graph, "z"), Optional(Quantization{2.0F, true}));
  EXPECT_THAT(QuantizationOf(graph, "a"), Optional(Quantization{3.0F / 255, false}));
}

TEST(QuantizeInt8, GivesOneScaleToAllThatAConcatOrAPoolMoves) {
  Graph graph = Block();
  ASSERT_TRUE(QuantizeInt8{Ranges()}.Run(graph).ok());
  for (const char* name : {"b", "y", "pool"}) EXPECT_EQ(QuantizationOf(graph, name), QuantizationOf(graph, "a"));
}

Quantization OfTheMeanOver(int64_t kernel) {
  Graph graph = GraphBuilder()
                    .Input("x", {1, 16, 8, 8})
                    .AveragePool("mean", "x", {.kernel = kernel})
                    .Conv("z", "mean", 8, {.kernel = 1})
                    .Output("z")
                    .Build();
  Calibration calibration;
  calibration.ranges = {{"x", {0, 4}}, {"mean", {0, 0.5F}}, {"z", {-1, 1}}};
  EXPECT_TRUE(QuantizeInt8{calibration}.Run(graph).ok());
  return QuantizationOf(graph, "mean").value_or(Quantization{});
}

// Found by engine_difference: the mean of a whole image in steps of its pixels' range was off by a tenth and more.
TEST(QuantizeInt8, GivesMeansOverManyPixelsAScaleOfTheirOwn) {
  EXPECT_EQ(OfTheMeanOver(3), (Quantization{4.0F / 255, false}));
  for (const int64_t kernel : {4, 8}) EXPECT_EQ(OfTheMeanOver(kernel), (Quantization{0.5F / 255, false})) << kernel;
}

// Found by engine_difference: a branch beside one that is a hundred times larger was off by a sixth of its values.
TEST(QuantizeInt8, LeavesAWholeConcatInFloatWhereOneBranchIsMuchSmaller) {
  Graph graph = Block();
  Calibration calibration = Ranges();
  calibration.ranges["a"] = {0, 3.0F / 15};
  ASSERT_TRUE(QuantizeInt8{calibration}.Run(graph).ok());
  EXPECT_THAT(QuantizationOf(graph, "a"), Optional(Quantization{3.0F / 255, false}));
  graph = Block();
  calibration.ranges["a"] = {0, 3.0F / 17};
  ASSERT_TRUE(QuantizeInt8{calibration}.Run(graph).ok());
  for (const char* name : {"a", "b", "y", "pool"}) EXPECT_EQ(QuantizationOf(graph, name), std::nullopt) << name;
  EXPECT_NE(QuantizationOf(graph, "z"), std::nullopt);
}

TEST(QuantizeInt8, TakesBytesForABranchThatIsZeroEverywhere) {
  Graph graph = Block();
  Calibration calibration = Ranges();
  calibration.ranges["a"] = {0, 0};
  ASSERT_TRUE(QuantizeInt8{calibration}.Run(graph).ok());
  EXPECT_THAT(QuantizationOf(graph, "a"), Optional(Quantization{3.0F / 255, false}));
}

TEST(QuantizeInt8, LeavesAWholeConcatInFloatWhereOneBranchHasNoRange) {
  Graph graph = Block();
  Calibration calibration = Ranges();
  calibration.ranges.erase("b");
  ASSERT_TRUE(QuantizeInt8{calibration}.Run(graph).ok());
  for (const char* name : {"a", "b", "y", "pool"}) EXPECT_EQ(QuantizationOf(graph, name), std::nullopt) << name;
  EXPECT_NE(QuantizationOf(graph, "z"), std::nullopt);
}

TEST(QuantizeInt8, LeavesWhatAFloatConvolutionGivesInFloat) {
  Graph graph = Block();
  const absl::btree_set<std::string> in_float = {"b"};
  ASSERT_TRUE((MarkConvolutions{in_float, {}, {}}.Run(graph).ok()));
  ASSERT_TRUE(QuantizeInt8{Ranges()}.Run(graph).ok());
  for (const char* name : {"a", "b", "y", "pool"}) EXPECT_EQ(QuantizationOf(graph, name), std::nullopt) << name;
  for (const char* name : {"x", "z"}) EXPECT_NE(QuantizationOf(graph, name), std::nullopt) << name;
}

TEST(QuantizeInt8, LeavesTheActivationOfAFloatConvolutionInFloatToo) {
  Graph graph = GraphBuilder()
                    .Input("x", {1, 16, 8, 8})
                    .Conv("a", "x", 8, {.kernel = 1})
                    .Relu("relu", "a")
                    .Output("a")
                    .Output("relu")
                    .Build();
  Calibration calibration;
  calibration.ranges = {{"x", {-1, 1}}, {"a", {-1, 1}}, {"relu", {0, 1}}};
  const absl::btree_set<std::string> in_float = {"a"};
  ASSERT_TRUE((MarkConvolutions{in_float, {}, {}}.Run(graph).ok()));
  ASSERT_TRUE(QuantizeInt8{calibration}.Run(graph).ok());
  for (const char* name : {"a", "relu"}) EXPECT_EQ(QuantizationOf(graph, name), std::nullopt) << name;
}

TEST(QuantizeInt8, LeavesWhatIsAlwaysZeroInFloat) {
  Graph graph = Block();
  Calibration calibration = Ranges();
  calibration.ranges["z"] = {0, 0};
  ASSERT_TRUE(QuantizeInt8{calibration}.Run(graph).ok());
  EXPECT_EQ(QuantizationOf(graph, "z"), std::nullopt);
}

TEST(QuantizeInt8, RunTwiceChangesNothingMore) {
  Graph graph = Block();
  ASSERT_TRUE(QuantizeInt8{Ranges()}.Run(graph).ok());
  EXPECT_EQ(*QuantizeInt8{Ranges()}.Run(graph), 0);
}

// A stem as of networks of 2012 to 2014.
GraphBuilder Stem() {
  GraphBuilder builder;
  builder.Input("x", {1, 3, 16, 16})
      .Conv("conv", "x", 8, {.kernel = 3, .pad = 1})
      .Relu("relu", "conv")
      .MaxPool("pool", "relu", {.kernel = 2, .stride = 2})
      .Lrn("norm", "pool");
  return builder;
}

std::optional<Quantization> QuantizationOfTheStem(GraphBuilder& builder, const char* value, float low = 0.0F) {
  Graph graph = builder.Output("norm").Build();
  EXPECT_EQ((*MarkConvolutions{{}, {}, {"conv"}}.Run(graph)), 1);
  EXPECT_TRUE(FuseActivation{}.Run(graph).ok());
  Calibration calibration;
  calibration.ranges = {{"x", {-1, 1}}, {"relu", {low, 4}}, {"pool", {low, 4}}, {"norm", {0, 2}}, {"other", {0, 1}}};
  EXPECT_TRUE(QuantizeInt8{calibration}.Run(graph).ok());
  return QuantizationOf(graph, value);
}

TEST(QuantizeInt8, CompandsAMarkedConvolutionsWayToTheNormalization) {
  for (const char* value : {"relu", "pool"}) {
    GraphBuilder stem = Stem();
    EXPECT_THAT(QuantizationOfTheStem(stem, value), Optional(CompandedQuantizationFor(4))) << value;
  }
  GraphBuilder stem = Stem();
  EXPECT_THAT(QuantizationOfTheStem(stem, "norm"), Optional(Quantization{2.0F / 255, false}));
}

TEST(QuantizeInt8, CompandsNothingThatAConvolutionReadsToo) {
  GraphBuilder stem = Stem();
  stem.Conv("other", "pool", 8, {.kernel = 1}).Output("other");
  EXPECT_THAT(QuantizationOfTheStem(stem, "pool"), Optional(Quantization{4.0F / 255, false}));
}

TEST(QuantizeInt8, CompandsNothingThatIsAveraged) {
  GraphBuilder stem = Stem();
  stem.GlobalAveragePool("other", "relu").Output("other");
  EXPECT_THAT(QuantizationOfTheStem(stem, "relu"), Optional(Quantization{4.0F / 255, false}));
}

TEST(QuantizeInt8, CompandsNoNegativeNumbers) {
  GraphBuilder stem = Stem();
  EXPECT_THAT(QuantizationOfTheStem(stem, "relu", -1.0F), Optional(Quantization{4.0F / 127, true}));
}

TEST(ElideConcat, LeavesConcatsOfBytes) {
  Graph graph = Block();
  ASSERT_TRUE(QuantizeInt8{Ranges()}.Run(graph).ok());
  EXPECT_EQ(*ElideConcat{8}.Run(graph), 0);
}

TEST(MarkConvolutions, FindsTheConvolutionBehindItsNormalizationAndActivation) {
  Graph graph = GraphBuilder()
                    .Input("x", {1, 16, 8, 8})
                    .Conv("conv", "x", 8, {.kernel = 1})
                    .BatchNorm("norm", "conv")
                    .Relu("relu", "norm")
                    .MaxPool("pool", "relu", {.kernel = 2})
                    .Output("pool")
                    .Build();
  const auto attributes = [&] {
    return std::get<ConvAttributes>(graph.node(graph.NodesOf(OpType::kConv)[0]).attributes);
  };
  EXPECT_EQ((*MarkConvolutions{{"pool", "nowhere"}, {"pool"}, {"pool"}}.Run(graph)), 0);
  EXPECT_FALSE(attributes().stays_float);
  EXPECT_EQ((*MarkConvolutions{{"relu"}, {}, {}}.Run(graph)), 1);
  EXPECT_TRUE(attributes().stays_float);
  EXPECT_FALSE(attributes().byte_winograd);
  EXPECT_EQ((*MarkConvolutions{{"relu"}, {}, {}}.Run(graph)), 0);
  EXPECT_EQ((*MarkConvolutions{{}, {"norm"}, {}}.Run(graph)), 1);
  EXPECT_TRUE(attributes().byte_winograd);
  EXPECT_FALSE(attributes().is_companded);
  EXPECT_EQ((*MarkConvolutions{{}, {}, {"conv"}}.Run(graph)), 1);
  EXPECT_TRUE(attributes().is_companded);
}

}  // namespace
}  // namespace onebyone
