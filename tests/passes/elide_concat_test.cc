#include "engine/passes/elide_concat.h"

#include "tests/passes/pass_checks.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/reference_interpreter.h"

namespace onebyone {
namespace {

using ::testing::AllOf;
using testing::ExpectSameResults;
using testing::ExpectShapesHold;
using testing::GraphBuilder;
using testing::HasNodeCount;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::ProducedBy;
using testing::RunToTheEnd;
using testing::StatusIs;
using testing::WritesInto;

// An Inception block; the channels of its branches are 32, 48, 16 and 8.
GraphBuilder Block() {
  GraphBuilder builder;
  builder.Input("x", {1, 4, 5, 5}).Conv("1x1", "x", 32, {}).Conv("3x3_reduce", "x", 8, {});
  builder.Conv("3x3", "3x3_reduce", 48, {.kernel = 3, .pad = 1}).Relu("3x3_relu", "3x3");
  builder.MaxPool("pool", "x", {.kernel = 3, .pad = 1}).Conv("pool_proj", "pool", 16, {});
  builder.LeakyRelu("leaky", "3x3_reduce").Concat("block", {"1x1", "3x3_relu", "pool_proj", "leaky"});
  return builder;
}

TEST(ElideConcat, LetsBranchesWriteIntoOneBuffer) {
  const Graph before = Block().MaxPool("y", "block", {.kernel = 2}).Output("y").Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(ElideConcat{16}, graph), 1);
  EXPECT_THAT(
      graph, AllOf(HasNodeCount(OpType::kConcat, 0), WritesInto("1x1", "block", 0), WritesInto("3x3_relu", "block", 32),
                   WritesInto("pool_proj", "block", 80), WritesInto("leaky", "block", 96)));
  EXPECT_EQ(graph.value(graph.FindValue("block")).producer, kNoNode);
  EXPECT_EQ(graph.ProducersOf(graph.FindValue("block")).size(), 4U);
  ExpectSameResults(before, graph, /*seed=*/1);
  ExpectShapesHold(graph);
}

TEST(ElideConcat, WantsEveryBranchToBeginAtABlock) {
  Graph graph = Block().Output("block").Build();
  EXPECT_EQ(RunToTheEnd(ElideConcat{32}, graph), 0);  // the third branch begins at channel 80
  EXPECT_EQ(RunToTheEnd(ElideConcat{16}, graph), 1);  // the last one may end anywhere
}

TEST(ElideConcat, NestsConcats) {
  GraphBuilder builder = Block();
  builder.Conv("first", "x", 8, {}).Concat("outer", {"first", "block"}).Relu("y", "outer").Output("y");
  const Graph before = builder.Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(ElideConcat{8}, graph), 2);
  EXPECT_THAT(graph, AllOf(WritesInto("block", "outer", 8), WritesInto("first", "outer", 0),
                           WritesInto("3x3_relu", "block", 32)));
  EXPECT_EQ(graph.ProducersOf(graph.FindValue("outer")).size(), 5U);
  ExpectSameResults(before, graph, /*seed=*/1);
}

TEST(ElideConcat, KeepsPartsThatOthersReadOrThatAreAskedFor) {
  const Graph before = Block().Conv("next", "3x3_relu", 4, {}).Output("next").Output("1x1").Output("block").Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(ElideConcat{}, graph), 1);
  ExpectSameResults(before, graph, /*seed=*/1);
}

TEST(ElideConcat, LetsABranchReadAnother) {
  const Graph before = GraphBuilder()
                           .Input("x", {1, 4, 5, 5})
                           .Conv("a", "x", 4, {})
                           .Relu("b", "a")
                           .Concat("y", {"b", "a"})
                           .Output("y")
                           .Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(ElideConcat{}, graph), 1);
  ExpectSameResults(before, graph, /*seed=*/1);
}

struct Refusal {
  const char* what;
  void (*add)(GraphBuilder& builder);  // "y" from "x" [1, 4, 5, 5]
};

void PrintTo(const Refusal& value, std::ostream* stream) { *stream << value.what; }

class ElideConcatRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(ElideConcatRefusal, LeavesTheConcatAsItIs) {
  GraphBuilder builder;
  builder.Input("x", {1, 4, 5, 5}).Conv("a", "x", 4, {}).Conv("b", "x", 4, {});
  GetParam().add(builder);
  Graph graph = builder.Output("y").Build();
  EXPECT_EQ(RunToTheEnd(ElideConcat{}, graph), 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, ElideConcatRefusal,
    ::testing::Values(Refusal{"a branch that is the image",
                              [](GraphBuilder& b) {
                                b.Concat("y", {"a", "x"});
                              }},
                      Refusal{"a constant branch",
                              [](GraphBuilder& b) {
                                b.RandomConstant("c", {1, 4, 5, 5}).Concat("y", {"a", "c"});
                              }},
                      Refusal{"the same branch twice",
                              [](GraphBuilder& b) {
                                b.Concat("y", {"a", "b", "a"});
                              }},
                      Refusal{"another axis",
                              [](GraphBuilder& b) {
                                b.Concat("y", {"a", "b"}, 2);
                              }},
                      Refusal{"an operator that moves elements",
                              [](GraphBuilder& b) {
                                b.Transpose("t", "a", {0, 1, 3, 2}).Concat("y", {"t", "b"});
                              }},
                      Refusal{"a pool that also gives indices",
                              [](GraphBuilder& b) {
                                PoolAttributes pool;
                                pool.window = {{1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, Window::AutoPad::kExplicit};
                                b.Node(OpType::kMaxPool, {"p", "indices"}, {"a"}, pool).Concat("y", {"p", "b"});
                              }},
                      Refusal{
                          "other element types",
                          [](GraphBuilder& b) {
                            b.Cast("d", "a", DataType::kFloat64).Relu("e", "d").Relu("f", "d").Concat("y", {"e", "f"});
                          }},
                      Refusal{"matrices", [](GraphBuilder& b) {
                                b.Flatten("m", "a").Relu("n", "m").Relu("o", "m").Concat("y", {"n", "o"});
                              }}));

TEST(ElideConcat, WantsASingleImage) {
  Graph graph = GraphBuilder()
                    .Input("x", {2, 4, 5, 5})
                    .Conv("a", "x", 4, {})
                    .Conv("b", "x", 4, {})
                    .Concat("y", {"a", "b"})
                    .Output("y")
                    .Build();
  EXPECT_EQ(RunToTheEnd(ElideConcat{}, graph), 0);
}

TEST(ElideConcat, GivesAPartToOneConcatOnly) {
  const Graph before = GraphBuilder()
                           .Input("x", {1, 4, 5, 5})
                           .Conv("a", "x", 4, {})
                           .Conv("b", "x", 4, {})
                           .Conv("c", "x", 4, {})
                           .Concat("y", {"a", "b"})
                           .Concat("z", {"c", "b"})
                           .Output("y")
                           .Output("z")
                           .Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(ElideConcat{}, graph), 1);
  EXPECT_THAT(graph, AllOf(HasNodeCount(OpType::kConcat, 1), WritesInto("b", "y"), Not(WritesInto("b", "z"))));
  ExpectSameResults(before, graph, /*seed=*/1);
}

TEST(ElideConcat, KeepsTheOrderInWhichPartsComeBeforeTheirReaders) {
  Graph graph = Block().MaxPool("y", "block", {.kernel = 2}).Output("y").Build();
  RunToTheEnd(ElideConcat{}, graph);
  const NodeId pool = graph.value(graph.FindValue("y")).producer;
  ASSERT_THAT(graph.SortTopologically(), IsOk());
  EXPECT_EQ(graph.NodeIds().back(), pool);
  EXPECT_EQ(graph.node_count(), 8);
  EXPECT_EQ(graph.RemoveUnneeded(), 0);
  EXPECT_THAT(graph, ProducedBy("3x3_reduce", OpType::kConv));
}

TEST(ElideConcat, RefusesABlockWithoutChannels) {
  Graph graph = Block().Output("block").Build();
  EXPECT_THAT(ElideConcat{0}.Run(graph), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("got 0")));
}

TEST(ReferenceInterpreter, WritesSlicesIntoTheirParentAndShowsWhatIsNotFilled) {
  Graph graph = Block().Output("block").Build();
  RunToTheEnd(ElideConcat{}, graph);
  graph.value(graph.FindValue("1x1")).slice->channel_offset = 100;
  const auto inputs = testing::RandomInputs(graph, 1);
  EXPECT_THAT(testing::RunGraph(graph, *inputs),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("does not fit")));
}

}  // namespace
}  // namespace onebyone
