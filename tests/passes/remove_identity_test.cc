#include "engine/passes/remove_identity.h"

#include "tests/passes/pass_checks.h"
#include "tests/testing/graph_builder.h"

namespace onebyone {
namespace {

using testing::ExpectSameResults;
using testing::ExpectShapesHold;
using testing::GraphBuilder;
using testing::HasNodeCount;
using testing::RunToTheEnd;

struct Case {
  const char* what;
  void (*add)(GraphBuilder& builder);  // "y" from "x" [2, 3, 4, 5]
  int removed;
};

void PrintTo(const Case& value, std::ostream* stream) { *stream << value.what; }

class RemoveIdentityCase : public ::testing::TestWithParam<Case> {};

TEST_P(RemoveIdentityCase, RemovesWhatGivesItsInputAndNothingElse) {
  GraphBuilder builder;
  builder.Input("image", {2, 3, 4, 5}).Relu("x", "image");
  GetParam().add(builder);
  const Graph before = builder.Relu("last", "y").Output("last").Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(RemoveIdentity{}, graph), GetParam().removed);
  EXPECT_EQ(graph.node_count(), before.node_count() - GetParam().removed);
  ExpectSameResults(before, graph, /*seed=*/1);
  ExpectShapesHold(graph);
}

INSTANTIATE_TEST_SUITE_P(
    All, RemoveIdentityCase,
    ::testing::Values(
        Case{"identity", [](GraphBuilder& b) { b.Identity("y", "x"); }, 1},
        Case{"dropout", [](GraphBuilder& b) { b.Dropout("y", "x"); }, 1},
        Case{"dropout with a mask",
             [](GraphBuilder& b) {
               b.Node(OpType::kDropout, {"y", "mask"}, {"x"});
             },
             1},
        Case{"dropout whose mask is read",
             [](GraphBuilder& b) {
               b.Node(OpType::kDropout, {"dropped", "mask"}, {"x"}).Cast("floats", "mask", DataType::kFloat32);
               b.Add("y", "dropped", "floats");
             },
             0},
        Case{"cast to the same", [](GraphBuilder& b) { b.Cast("y", "x", DataType::kFloat32); }, 1},
        Case{"cast there and back",
             [](GraphBuilder& b) { b.Cast("double", "x", DataType::kFloat64).Cast("y", "double", DataType::kFloat32); },
             0},
        Case{"concat of one", [](GraphBuilder& b) { b.Concat("y", {"x"}, 2); }, 1},
        Case{"concat of two",
             [](GraphBuilder& b) {
               b.Concat("y", {"x", "x"});
             },
             0},
        Case{"sum of one", [](GraphBuilder& b) { b.Sum("y", {"x"}); }, 1},
        Case{"sum of two",
             [](GraphBuilder& b) {
               b.Sum("y", {"x", "x"});
             },
             0},
        Case{"reshape to the same",
             [](GraphBuilder& b) {
               b.Reshape("y", "x", {0, 3, -1, 5});
             },
             1},
        Case{"reshape to another shape",
             [](GraphBuilder& b) {
               b.Reshape("y", "x", {2, 3, 5, 4});
             },
             0},
        Case{"flatten of a matrix", [](GraphBuilder& b) { b.Flatten("m", "x").Flatten("y", "m"); }, 1},
        Case{"squeeze of nothing", [](GraphBuilder& b) { b.Squeeze("y", "x"); }, 1},
        Case{"transpose that keeps",
             [](GraphBuilder& b) {
               b.Transpose("y", "x", {0, 1, 2, 3});
             },
             1},
        Case{"transpose",
             [](GraphBuilder& b) {
               b.Transpose("y", "x", {0, 1, 3, 2});
             },
             0},
        Case{"transpose that reverses", [](GraphBuilder& b) { b.Transpose("y", "x"); }, 0},
        Case{"pad by nothing",
             [](GraphBuilder& b) {
               b.Pad("y", "x", {.begin = {0, 0, 0, 0}, .end = {0, 0, 0, 0}});
             },
             1},
        Case{"pad",
             [](GraphBuilder& b) {
               b.Pad("y", "x", {.begin = {0, 0, 0, 0}, .end = {0, 0, 1, 0}});
             },
             0},
        Case{"pad that moves",
             [](GraphBuilder& b) {
               b.Pad("y", "x", {.begin = {0, 0, 1, 0}, .end = {0, 0, -1, 0}});
             },
             0},
        Case{"a chain",
             [](GraphBuilder& b) {
               b.Identity("a", "x").Dropout("b", "a").Cast("c", "b", DataType::kFloat32).Sum("y", {"c"});
             },
             4}));

TEST(RemoveIdentity, LetsAnOutputTakeTheImageUnderItsOwnName) {
  const Graph before = GraphBuilder().Input("image", {1, 2, 3, 3}).Identity("y", "image").Output("y").Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(RemoveIdentity{}, graph), 1);
  EXPECT_EQ(graph.node_count(), 0);
  ASSERT_EQ(graph.inputs().size(), 1U);
  EXPECT_EQ(graph.outputs()[0].name, "y");
  EXPECT_EQ(graph.outputs()[0].value, graph.inputs()[0]);
  ExpectSameResults(before, graph, /*seed=*/1);
}

TEST(RemoveIdentity, LetsAnOutputTakeAConstant) {
  const Graph before =
      GraphBuilder().Input("image", {1}).RandomConstant("c", {3}).Identity("y", "c").Output("y").Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(RemoveIdentity{}, graph), 1);
  ExpectSameResults(before, graph, /*seed=*/1);
}

TEST(RemoveIdentity, KeepsAReshapeWhoseShapesAreNotKnown) {
  Graph graph;
  const ValueId x = *graph.AddInput("x", DataType::kFloat32, {Shape::kUnknown, 4});
  const NodeId reshape = *graph.AddNode(OpType::kReshape, "y", ReshapeAttributes{{2, 4}}, {x}, {"y"});
  const NodeId cast =
      *graph.AddNode(OpType::kCast, "z", CastAttributes{DataType::kFloat32}, {graph.node(reshape).outputs[0]}, {"z"});
  graph.AddOutput("z", graph.node(cast).outputs[0]);
  EXPECT_EQ(RunToTheEnd(RemoveIdentity{}, graph), 0);
  EXPECT_THAT(graph, HasNodeCount(OpType::kCast, 1));
}

}  // namespace
}  // namespace onebyone
