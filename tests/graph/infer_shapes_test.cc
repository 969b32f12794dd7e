// Shape inference of whole graphs.

#include <gmock/gmock.h>

#include "engine/graph/shape_inference.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

Shape ShapeIn(const Graph& graph, const std::string& value) { return graph.value(graph.FindValue(value)).shape; }

Graph SmallNetwork() {
  return GraphBuilder()
      .Input("x", {1, 3, 32, 32})
      .Conv("conv", "x", 8, {.kernel = 3, .pad = 1})
      .BatchNorm("norm", "conv")
      .Relu("relu", "norm")
      .MaxPool("pool", "relu", {.kernel = 3, .stride = 2, .ceil_mode = true})
      .Conv("left", "pool", 4, {.kernel = 1})
      .Conv("right", "pool", 6, {.kernel = 5, .pad = 2})
      .Concat("joined", {"left", "right"})
      .GlobalAveragePool("mean", "joined")
      .Flatten("vector", "mean")
      .Gemm("scores", "vector", 10)
      .Softmax("out", "scores")
      .Output("out")
      .Build();
}

TEST(InferShapes, FillsEveryValueOfANetwork) {
  const Graph graph = SmallNetwork();
  EXPECT_EQ(ShapeIn(graph, "conv"), Shape({1, 8, 32, 32}));
  EXPECT_EQ(ShapeIn(graph, "pool"), Shape({1, 8, 16, 16}));
  EXPECT_EQ(ShapeIn(graph, "joined"), Shape({1, 10, 16, 16}));
  EXPECT_EQ(ShapeIn(graph, "vector"), Shape({1, 10}));
  EXPECT_EQ(ShapeIn(graph, "out"), Shape({1, 10}));
}

TEST(InferShapes, FollowsAnotherInputSizeAndBatch) {
  Graph graph = SmallNetwork();
  graph.value(graph.FindValue("x")).shape = Shape({5, 3, 64, 48});
  ASSERT_THAT(InferShapes(graph), IsOk());
  EXPECT_EQ(ShapeIn(graph, "joined"), Shape({5, 10, 32, 24}));
  EXPECT_EQ(ShapeIn(graph, "out"), Shape({5, 10}));
}

TEST(InferShapes, ChangesNothingTheSecondTime) {
  Graph graph = SmallNetwork();
  const Shape before = ShapeIn(graph, "joined");
  ASSERT_THAT(InferShapes(graph), IsOk());
  EXPECT_EQ(ShapeIn(graph, "joined"), before);
}

TEST(InferShapes, RefusesAnInputOfUnknownSizeAndNamesItsReader) {
  Graph graph = SmallNetwork();
  graph.value(graph.FindValue("x")).shape = Shape({1, 3, Shape::kUnknown, 32});
  EXPECT_THAT(InferShapes(graph),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("'conv'"), HasSubstr("[1, 3, ?, 32]"))));
}

TEST(InferShapes, RefusesASizeThatTheNetworkCannotTake) {
  const Graph shaped = GraphBuilder()
                           .Input("x", {1, 1, 16, 16})
                           .Conv("first", "x", 1, {.kernel = 5, .stride = 4})
                           .Conv("second", "first", 1, {.kernel = 3})
                           .Output("second")
                           .Build();
  Graph graph = shaped;
  graph.value(graph.FindValue("x")).shape = Shape({1, 1, 12, 16});
  EXPECT_THAT(InferShapes(graph), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'second'")));
}

TEST(InferShapes, RefusesNodesBeforeTheirProducers) {
  Graph graph;
  ASSERT_OK_AND_ASSIGN(const ValueId x, graph.AddInput("x", DataType::kFloat32, {1, 2}));
  ASSERT_OK_AND_ASSIGN(const NodeId late, graph.AddNode(OpType::kIdentity, "late", {}, {x}, {"late"}));
  ASSERT_OK_AND_ASSIGN(const NodeId early, graph.AddNode(OpType::kIdentity, "early", {}, {x}, {"early"}));
  graph.node(late).inputs = {graph.node(early).outputs.front()};
  EXPECT_THAT(InferShapes(graph),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("'late'"), HasSubstr("'early'"))));
  ASSERT_THAT(graph.SortTopologically(), IsOk());
  EXPECT_THAT(InferShapes(graph), IsOk());
}

TEST(InferShapes, LetsAValueMadeOfPartsFollowThem) {
  Graph graph = GraphBuilder()
                    .Input("x", {1, 3, 8, 8})
                    .Conv("left", "x", 4, {})
                    .Conv("right", "x", 6, {})
                    .Concat("joined", {"left", "right"})
                    .Relu("out", "joined")
                    .Output("out")
                    .Build();
  // What the pass elide_concat makes of it.
  const ValueId joined = graph.FindValue("joined");
  graph.value(graph.FindValue("left")).slice = Slice{joined, 0};
  graph.value(graph.FindValue("right")).slice = Slice{joined, 4};
  graph.value(joined).parts = {graph.FindValue("left"), graph.FindValue("right")};
  graph.RemoveNode(graph.value(joined).producer);
  graph.value(graph.FindValue("x")).shape = Shape({2, 3, 5, 7});
  ASSERT_THAT(InferShapes(graph), IsOk());
  EXPECT_EQ(ShapeIn(graph, "joined"), Shape({2, 10, 5, 7}));
  EXPECT_EQ(ShapeIn(graph, "out"), Shape({2, 10, 5, 7}));
}

}  // namespace
}  // namespace onebyone
