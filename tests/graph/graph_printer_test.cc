#include "engine/graph/graph_printer.h"

#include <gmock/gmock.h>

#include <sstream>

#include "tests/testing/graph_builder.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(PrintGraph, WritesALineForEveryNodeAndOutput) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 3, 32, 32})
                          .Conv("conv", "x", 8, {.kernel = 3, .stride = 2, .pad = 1})
                          .Relu("relu", "conv")
                          .MaxPool("pool", "relu", {.kernel = 3, .stride = 2, .ceil_mode = true})
                          .Output("pool")
                          .Output("asked", "conv")
                          .Build();
  EXPECT_EQ(PrintGraph(graph),
            "conv [1, 8, 16, 16] = Conv(x, conv/weights, conv/bias) {kernel 3x3, stride 2x2, pads 1x1}\n"
            "relu [1, 8, 16, 16] = Relu(conv)\n"
            "pool [1, 8, 8, 8] = MaxPool(relu) {kernel 3x3, stride 2x2, ceil}\n"
            "output pool\n"
            "output asked = conv\n");
}

TEST(PrintGraph, TellsTypesPadsOnBothSidesAndWhatWasFused) {
  Graph graph = GraphBuilder()
                    .Input("x", {1, 4, 8, 8})
                    .Conv("conv", "x", 4, {.kernel = 2, .dilation = 2, .pad_begin = 0, .pad_end = 2, .groups = 2})
                    .Node(OpType::kDropout, {"kept", "mask"}, {"conv"})
                    .Build();
  std::get<ConvAttributes>(graph.node(graph.NodeIds().front()).attributes).activation =
      Activation{.kind = Activation::Kind::kClip, .low = 0, .high = 6};
  EXPECT_THAT(PrintGraph(graph), HasSubstr("{kernel 2x2, dilation 2x2, pads 0x0 to 2x2, groups 2, clip 0 to 6}"));
  EXPECT_THAT(PrintGraph(graph), HasSubstr("kept [1, 4, 8, 8], mask bool [1, 4, 8, 8] = Dropout(conv)\n"));
}

TEST(PrintGraph, MarksAbsentInputsUnknownShapesAndSlices) {
  Graph graph;
  const ValueId x = graph.AddInput("x", DataType::kFloat32, {Shape::kUnknown, 3}).value();
  const NodeId node = graph.AddNode(OpType::kGemm, "n", GemmAttributes{}, {x, x, kNoValue}, {"y"}).value();
  EXPECT_EQ(PrintGraph(graph), "y = Gemm(x, x, -)\n");
  graph.value(graph.node(node).outputs.front()).slice = Slice{x, 16};
  EXPECT_EQ(PrintGraph(graph), "y in x from channel 16 = Gemm(x, x, -)\n");
}

TEST(PrintGraph, NamesTheAttributesOfEveryOperator) {
  const Graph graph =
      GraphBuilder()
          .Input("x", {1, 8, 4, 4})
          .BatchNorm("norm", "x", 0.001F)
          .LeakyRelu("leaky", "norm", 0.25F)
          .Lrn("lrn", "leaky")
          .Pad("pad", "lrn", {.mode = PadAttributes::Mode::kEdge, .begin = {0, 0, 1, 1}, .end = {0, 0, 0, 0}})
          .Transpose("transpose", "pad", {0, 2, 3, 1})
          .Cast("cast", "transpose", DataType::kFloat16)
          .ReduceMean("mean", "x", {2, 3}, false)
          .Gemm("gemm", "mean", 5, {.alpha = 0.5F})
          .Softmax("softmax", "gemm", 1)
          .Unsqueeze("unsqueeze", "softmax", {2})
          .Reshape("reshape", "x", {1, -1})
          .Build();
  const std::string text = PrintGraph(graph);
  for (const char* attributes :
       {"{epsilon 0.001}", "{leaky relu 0.25}", "{size 5, alpha 0.0001, beta 0.75, bias 1}",
        "{edge, pads [0, 0, 1, 1] to [0, 0, 0, 0]}", "{permutation [0, 2, 3, 1]}", "{to float16}",
        "{axes [2, 3], axes dropped}", "{alpha 0.5, B transposed}", "{axis 1}", "{axes [2]}", "{shape [1, -1]}"}) {
    EXPECT_THAT(text, HasSubstr(attributes));
  }
}

TEST(PrintGraph, IsWhatAStreamGets) {
  const Graph graph = GraphBuilder().Input("x", {4}).Relu("y", "x").Output("y").Build();
  std::ostringstream stream;
  stream << graph;
  EXPECT_EQ(stream.str(), PrintGraph(graph));
}

}  // namespace
}  // namespace onebyone
