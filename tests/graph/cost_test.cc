#include "engine/graph/cost.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/testing/graph_builder.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;

NodeId ProducerOf(const Graph& graph, const std::string& value) { return graph.value(graph.FindValue(value)).producer; }

TEST(MultiplyAdds, OfAConvolutionCountsEveryTapOfEveryOutput) {
  const Graph graph =
      GraphBuilder().Input("x", {1, 3, 224, 224}).Conv("conv1", "x", 64, {.kernel = 7, .stride = 2, .pad = 3}).Build();
  EXPECT_EQ(MultiplyAdds(graph, ProducerOf(graph, "conv1")), 118'013'952);  // 112 * 112 * 64 * 3 * 49
}

TEST(MultiplyAdds, OfAGroupedConvolutionIsDividedByTheGroups) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 32, 10, 10})
                          .Conv("full", "x", 32, {.kernel = 3, .pad = 1})
                          .Conv("grouped", "x", 32, {.kernel = 3, .pad = 1, .groups = 4})
                          .Conv("depthwise", "x", 32, {.kernel = 3, .pad = 1, .groups = 32})
                          .Build();
  EXPECT_EQ(MultiplyAdds(graph, ProducerOf(graph, "full")), 100 * 32 * 32 * 9);
  EXPECT_EQ(MultiplyAdds(graph, ProducerOf(graph, "grouped")), 100 * 32 * 8 * 9);
  EXPECT_EQ(MultiplyAdds(graph, ProducerOf(graph, "depthwise")), 100 * 32 * 9);
}

TEST(MultiplyAdds, OfAConvolutionGrowsWithTheBatch) {
  const Graph graph = GraphBuilder().Input("x", {5, 2, 4, 4}).Conv("y", "x", 3, {}).Build();
  EXPECT_EQ(MultiplyAdds(graph, ProducerOf(graph, "y")), 5 * 16 * 2 * 3);
}

TEST(MultiplyAdds, OfMatrixProductsIsRowsTimesColumnsTimesInner) {
  const Graph graph = GraphBuilder()
                          .Input("x", {2, 1024})
                          .Gemm("transposed", "x", 1000)
                          .Gemm("plain", "x", 1000, {.transpose_b = false})
                          .RandomConstant("stack", {7, 1024, 3})
                          .MatMul("product", "x", "stack")
                          .RandomConstant("column", {1024})
                          .MatMul("scores", "x", "column")
                          .Build();
  EXPECT_EQ(MultiplyAdds(graph, ProducerOf(graph, "transposed")), 2 * 1024 * 1000);
  EXPECT_EQ(MultiplyAdds(graph, ProducerOf(graph, "plain")), 2 * 1024 * 1000);
  EXPECT_EQ(MultiplyAdds(graph, ProducerOf(graph, "product")), 7 * 2 * 3 * 1024);
  EXPECT_EQ(MultiplyAdds(graph, ProducerOf(graph, "scores")), 2 * 1024);
}

TEST(MultiplyAdds, OfAGemmWithATransposedFirstMatrix) {
  const Graph graph = GraphBuilder()
                          .Input("x", {8, 2})
                          .RandomConstant("b", {8, 5})
                          .Node(OpType::kGemm, {"y"}, {"x", "b"}, GemmAttributes{.transpose_a = true})
                          .Build();
  EXPECT_EQ(MultiplyAdds(graph, ProducerOf(graph, "y")), 2 * 5 * 8);
}

TEST(MultiplyAdds, OfEverythingElseIsNothing) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 4, 8, 8})
                          .BatchNorm("norm", "x")
                          .MaxPool("pool", "norm", {.kernel = 2})
                          .Add("sum", "pool", "pool")
                          .Build();
  for (const NodeId node : graph.NodeIds()) EXPECT_EQ(MultiplyAdds(graph, node), 0) << graph.node(node).name;
}

TEST(Parameters, CountsTheConstantsThatANodeReads) {
  const Graph graph = GraphBuilder()
                          .Input("x", {1, 3, 8, 8})
                          .Conv("conv", "x", 16, {.kernel = 3})
                          .Conv("bare", "x", 16, {.kernel = 3, .bias = false})
                          .BatchNorm("norm", "conv")
                          .Relu("relu", "norm")
                          .Build();
  EXPECT_EQ(Parameters(graph, ProducerOf(graph, "conv")), 16 * 3 * 9 + 16);
  EXPECT_EQ(Parameters(graph, ProducerOf(graph, "bare")), 16 * 3 * 9);
  EXPECT_EQ(Parameters(graph, ProducerOf(graph, "norm")), 4 * 16);
  EXPECT_EQ(Parameters(graph, ProducerOf(graph, "relu")), 0);
}

TEST(Parameters, CountsAConstantOnceThatIsReadTwice) {
  const Graph graph = GraphBuilder().Input("x", {5}).RandomConstant("c", {5}).Sum("y", {"c", "x", "c"}).Build();
  EXPECT_EQ(Parameters(graph, ProducerOf(graph, "y")), 5);
}

}  // namespace
}  // namespace onebyone
