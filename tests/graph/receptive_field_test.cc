#include "engine/graph/receptive_field.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/graph/inception_networks.h"
#include "tests/testing/graph_builder.h"

namespace onebyone {
namespace {

using ::onebyone::testing::BuildInception;
using ::onebyone::testing::GoogLeNet;
using ::onebyone::testing::GraphBuilder;
using ::testing::DoubleEq;
using ::testing::Field;

auto IsField(double stride, double offset, double size) {
  return ::testing::AllOf(Field("stride", &ReceptiveField::stride, DoubleEq(stride)),
                          Field("offset", &ReceptiveField::offset, DoubleEq(offset)),
                          Field("size", &ReceptiveField::size, DoubleEq(size)));
}

std::optional<ReceptiveFields> FieldsIn(const Graph& graph, const std::string& value) {
  return InferReceptiveFields(graph)[graph.FindValue(value)];
}

ReceptiveField Width(const Graph& graph, const std::string& value) { return FieldsIn(graph, value).value().width; }
ReceptiveField Height(const Graph& graph, const std::string& value) { return FieldsIn(graph, value).value().height; }

struct KnownField {
  std::string layer;
  double stride, offset, size;
};

class GoogLeNetField : public ::testing::TestWithParam<KnownField> {
 protected:
  static const Graph& Network() {
    static const Graph* const graph = new Graph(BuildInception(GoogLeNet(), 224));
    return *graph;
  }
};

TEST_P(GoogLeNetField, IsThatOfHandArithmetic) {
  const KnownField& known = GetParam();
  EXPECT_THAT(Width(Network(), known.layer), IsField(known.stride, known.offset, known.size));
  EXPECT_THAT(Height(Network(), known.layer), IsField(known.stride, known.offset, known.size));
}

// size += (kernel - 1) * stride before; a 3x3/2 pool without padding moves the centre by one cell before; in a block
// the 5x5 branch sees most.
INSTANTIATE_TEST_SUITE_P(
    Layers, GoogLeNetField,
    ::testing::Values(KnownField{"data", 1, 0, 1}, KnownField{"conv1/7x7_s2", 2, 0, 7},
                      KnownField{"conv1/7x7_s2_relu", 2, 0, 7}, KnownField{"pool1/3x3_s2", 4, 2, 11},
                      KnownField{"conv2/3x3_reduce", 4, 2, 11}, KnownField{"conv2/3x3", 4, 2, 19},
                      KnownField{"pool2/3x3_s2", 8, 6, 27}, KnownField{"inception_3a/1x1", 8, 6, 27},
                      KnownField{"inception_3a/3x3", 8, 6, 43}, KnownField{"inception_3a/5x5", 8, 6, 59},
                      KnownField{"inception_3a/pool_proj", 8, 6, 43}, KnownField{"inception_3a/output", 8, 6, 59},
                      KnownField{"inception_3b/output", 8, 6, 91}, KnownField{"pool3/3x3_s2", 16, 14, 107},
                      KnownField{"inception_4e/output", 16, 14, 427}, KnownField{"pool4/3x3_s2", 32, 30, 459},
                      KnownField{"inception_5b/output", 32, 30, 715},
                      // Seven cells, 32 apart: the hull is 6 * 32 wider, its middle that of the fourth cell.
                      KnownField{"pool5", 0, 126, 907}, KnownField{"embedding", 0, 126, 907}));

// The table of Araujo, Norris, Sim (Distill 2019): AlexNet 195 wide, 32 apart; VGG-16 212 wide, 32 apart.
TEST(ReceptiveField, OfAlexNetIsThePublishedOne) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 1, 231, 231})
                          .Conv("conv1", "x", 1, {.kernel = 11, .stride = 4})
                          .MaxPool("pool1", "conv1", {.kernel = 3, .stride = 2})
                          .Conv("conv2", "pool1", 1, {.kernel = 5, .pad = 2})
                          .MaxPool("pool2", "conv2", {.kernel = 3, .stride = 2})
                          .Conv("conv3", "pool2", 1, {.kernel = 3, .pad = 1})
                          .Conv("conv4", "conv3", 1, {.kernel = 3, .pad = 1})
                          .Conv("conv5", "conv4", 1, {.kernel = 3, .pad = 1})
                          .MaxPool("pool5", "conv5", {.kernel = 3, .stride = 2})
                          .Output("pool5")
                          .Build();
  // Published as an effective padding of 64 before: the first cell begins 64 pixels before the image.
  EXPECT_THAT(Width(graph, "pool5"), IsField(32, -64 + (195 - 1) / 2.0, 195));
}

TEST(ReceptiveField, OfVgg16IsThePublishedOne) {
  GraphBuilder builder;
  builder.Input("x", {1, 1, 224, 224});
  std::string last = "x";
  for (const int convs : {2, 2, 3, 3, 3}) {
    for (int i = 0; i < convs; ++i) {
      const std::string next = last + "c";
      builder.Conv(next, last, 1, {.kernel = 3, .pad = 1});
      last = next;
    }
    builder.MaxPool(last + "p", last, {.kernel = 2, .stride = 2});
    last += "p";
  }
  const Graph graph = builder.Output("pool5", last).Build();
  EXPECT_THAT(Width(graph, last), IsField(32, -90 + (212 - 1) / 2.0, 212));
}

TEST(ReceptiveField, MovesWithAsymmetricPadding) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 1, 16, 16})
                          .Conv("before", "x", 1, {.kernel = 3, .pad_begin = 2, .pad_end = 0})
                          .Conv("behind", "x", 1, {.kernel = 3, .pad_begin = 0, .pad_end = 2})
                          .Conv("even", "x", 1, {.kernel = 2})
                          .Conv("same", "x", 1, {.kernel = 7, .stride = 2, .auto_pad = Window::AutoPad::kSameUpper})
                          .Build();
  EXPECT_THAT(Width(graph, "before"), IsField(1, -1, 3));
  EXPECT_THAT(Width(graph, "behind"), IsField(1, 1, 3));
  EXPECT_THAT(Width(graph, "even"), IsField(1, 0.5, 2));
  EXPECT_THAT(Width(graph, "same"), IsField(2, 1, 7));  // 2 before, 3 behind
}

TEST(ReceptiveField, KeepsTheAxesApart) {
  const Graph graph =
      GraphBuilder()
          .Input("x", {1, 1, 16, 16})
          .Conv("row", "x", 1, {.kernel_height = 1, .kernel_width = 7, .stride_height = 1, .stride_width = 2})
          .Build();
  EXPECT_THAT(Width(graph, "row"), IsField(2, 3, 7));
  EXPECT_THAT(Height(graph, "row"), IsField(1, 0, 1));
}

TEST(ReceptiveField, GrowsByDilation) {
  const Graph graph =
      GraphBuilder().Input("x", {1, 1, 16, 16}).Conv("y", "x", 1, {.kernel = 3, .dilation = 4, .pad = 4}).Build();
  EXPECT_THAT(Width(graph, "y"), IsField(1, 0, 9));
}

TEST(ReceptiveField, OfBranchesWithDifferentCentresIsTheirHull) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 1, 16, 16})
                          .Conv("left", "x", 1, {.kernel = 3, .pad_begin = 2, .pad_end = 0})   // -2 to 0
                          .Conv("right", "x", 1, {.kernel = 5, .pad_begin = 1, .pad_end = 3})  // -1 to 3
                          .Concat("joined", {"left", "right"})
                          .Add("added", "left", "right")
                          .Build();
  EXPECT_THAT(Width(graph, "joined"), IsField(1, 0.5, 6));
  EXPECT_THAT(Width(graph, "added"), IsField(1, 0.5, 6));
}

TEST(ReceptiveField, OfAMapScaledByAGateCoversTheImageFromEveryCell) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 2, 8, 8})
                          .Conv("map", "x", 2, {.kernel = 2, .stride = 2})
                          .GlobalAveragePool("mean", "map")
                          .Conv("gate", "mean", 2, {})
                          .Mul("scaled", "map", "gate")
                          .Build();
  EXPECT_THAT(Width(graph, "gate"), IsField(0, 3.5, 8));
  // Cells stay where they were, 2 apart from 0.5; the last, at 6.5, must reach to 0 and the first to 7.
  EXPECT_THAT(Width(graph, "scaled"), IsField(2, 0.5, 14));
}

TEST(ReceptiveField, GoesThroughPadsAndPlainOperators) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 4, 8, 8})
                          .Pad("padded", "x", {.begin = {0, 0, 3, 1}, .end = {0, 0, 3, 1}})
                          .BatchNorm("norm", "padded")
                          .Relu("relu", "norm")
                          .Lrn("lrn", "relu")
                          .Dropout("dropout", "lrn")
                          .Softmax("softmax", "dropout", 1)
                          .Conv("conv", "softmax", 1, {.kernel = 3})
                          .Build();
  EXPECT_THAT(Height(graph, "conv"), IsField(1, -2, 3));
  EXPECT_THAT(Width(graph, "conv"), IsField(1, 0, 3));
}

TEST(ReceptiveField, FollowsTheAxesThroughTransposeReshapeAndUnsqueeze) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 6, 8, 10})
                          .Conv("conv", "x", 6, {.kernel = 3, .stride_width = 2, .pad = 1})
                          .Transpose("channels_last", "conv", {0, 2, 3, 1})
                          .Transpose("channels_first", "channels_last", {0, 3, 1, 2})
                          .Reshape("grouped", "channels_first", {1, 2, 3, 8, 5})
                          .Transpose("shuffled", "grouped", {0, 2, 1, 3, 4})
                          .Reshape("flat_groups", "shuffled", {1, 6, 8, 5})
                          .MaxPool("pool", "flat_groups", {.kernel = 3})
                          .Build();
  EXPECT_THAT(Height(graph, "pool"), IsField(1, 1, 5));
  EXPECT_THAT(Width(graph, "pool"), IsField(2, 2, 7));
}

TEST(ReceptiveField, IsTheWholeImageWhereCellsAreMixed) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 2, 4, 6})
                          .Flatten("flat", "x")
                          .Gemm("dense", "flat", 3)
                          .ReduceMean("row_mean", "x", {3}, /*keep_dims=*/false)
                          .Softmax("over_rows", "x", 2)
                          .Build();
  EXPECT_THAT(Height(graph, "flat"), IsField(0, 1.5, 4));
  EXPECT_THAT(Width(graph, "dense"), IsField(0, 2.5, 6));
  EXPECT_THAT(Width(graph, "row_mean"), IsField(0, 2.5, 6));
  EXPECT_THAT(Height(graph, "row_mean"), IsField(1, 0, 1));
  EXPECT_THAT(Height(graph, "over_rows"), IsField(0, 1.5, 4));
  EXPECT_THAT(Width(graph, "over_rows"), IsField(1, 0, 1));
}

TEST(ReceptiveField, CountsTheCellsBeforeInASpatialConcat) {
  const Graph graph = GraphBuilder().Input("x", {1, 1, 4, 4}).Concat("doubled", {"x", "x"}, 3).Build();
  // Cell 5 is pixel 1, but could be pixel 5: the field reaches 4 back.
  EXPECT_THAT(Width(graph, "doubled"), IsField(1, -2, 5));
  EXPECT_THAT(Height(graph, "doubled"), IsField(1, 0, 1));
}

TEST(ReceptiveField, IsMissingForWhatDoesNotDependOnTheImage) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 1, 4, 4})
                          .Input("other", {1, 1, 4, 4})
                          .Conv("conv", "x", 1, {})
                          .Relu("of_other", "other")
                          .Add("both", "conv", "of_other")
                          .Build();
  EXPECT_FALSE(FieldsIn(graph, "conv/weights").has_value());
  EXPECT_FALSE(FieldsIn(graph, "of_other").has_value());
  EXPECT_TRUE(FieldsIn(graph, "both").has_value());
}

TEST(ReceptiveField, OfAValueMadeOfPartsIsTheHullOfTheParts) {
  Graph graph = GraphBuilder()
                    .Input("x", {1, 1, 16, 16})
                    .Conv("small", "x", 1, {})
                    .Conv("large", "x", 1, {.kernel = 5, .pad = 2})
                    .Concat("joined", {"small", "large"})
                    .Relu("out", "joined")
                    .Build();
  const ValueId joined = graph.FindValue("joined");
  graph.value(graph.FindValue("small")).slice = Slice{joined, 0};
  graph.value(graph.FindValue("large")).slice = Slice{joined, 1};
  graph.RemoveNode(graph.value(joined).producer);
  EXPECT_THAT(Width(graph, "joined"), IsField(1, 0, 5));
  EXPECT_THAT(Width(graph, "out"), IsField(1, 0, 5));
}

}  // namespace
}  // namespace onebyone
