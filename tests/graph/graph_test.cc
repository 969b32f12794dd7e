#include "engine/graph/graph.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::GraphBuilder;
using ::onebyone::testing::IsOk;
using ::onebyone::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> NamesOf(const Graph& graph, const std::vector<NodeId>& nodes) {
  std::vector<std::string> names;
  for (const NodeId node : nodes) names.push_back(graph.node(node).name);
  return names;
}

NodeId ProducerOf(const Graph& graph, const std::string& value) { return graph.value(graph.FindValue(value)).producer; }

// x - a - b - out, and c beside b.
Graph Diamond() {
  return GraphBuilder()
      .Input("x", {1, 4})
      .Relu("a", "x")
      .Relu("b", "a")
      .Sigmoid("c", "a")
      .Add("out", "b", "c")
      .Output("out")
      .Build();
}

TEST(Graph, FindsValuesByName) {
  const Graph graph = Diamond();
  EXPECT_EQ(graph.value(graph.FindValue("b")).name, "b");
  EXPECT_EQ(graph.FindValue("nothing"), kNoValue);
}

TEST(Graph, RefusesANameThatIsTaken) {
  Graph graph = Diamond();
  EXPECT_THAT(graph.AddInput("a", DataType::kFloat32, {1}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("'a'")));
  EXPECT_THAT(graph.AddConstant("out", Tensor()), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("'out'")));
}

TEST(Graph, IsAsItWasAfterARefusedNode) {
  Graph graph = Diamond();
  const int values = graph.value_count();
  const ValueId x = graph.FindValue("x");
  EXPECT_THAT(graph.AddNode(OpType::kDropout, "n", {}, {x}, {"fresh", "a"}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("'a'")));
  EXPECT_THAT(graph.AddNode(OpType::kDropout, "n", {}, {x}, {"twice", "twice"}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("'twice'")));
  EXPECT_EQ(graph.value_count(), values);
  EXPECT_EQ(graph.FindValue("fresh"), kNoValue);
  EXPECT_EQ(graph.node_count(), 4);
}

TEST(Graph, NamesWhatHasNoName) {
  Graph graph;
  ASSERT_OK_AND_ASSIGN(const ValueId first, graph.AddInput("", DataType::kFloat32, {1}));
  ASSERT_OK_AND_ASSIGN(const ValueId second, graph.AddInput("", DataType::kFloat32, {1}));
  EXPECT_NE(graph.value(first).name, "");
  EXPECT_NE(graph.value(first).name, graph.value(second).name);
}

TEST(Graph, GivesAFreshNameThatNobodyHas) {
  Graph graph;
  ASSERT_THAT(graph.AddInput("value_1", DataType::kFloat32, {1}), IsOk());
  ASSERT_OK_AND_ASSIGN(const ValueId fresh, graph.AddInput("", DataType::kFloat32, {1}));
  EXPECT_EQ(graph.FindValue(graph.value(fresh).name), fresh);
  EXPECT_NE(graph.value(fresh).name, "value_1");
}

TEST(Graph, TellsWhoReadsAValue) {
  const Graph graph = Diamond();
  EXPECT_THAT(NamesOf(graph, graph.ConsumersOf(graph.FindValue("a"))), ElementsAre("b", "c"));
  EXPECT_THAT(graph.ConsumersOf(graph.FindValue("out")), IsEmpty());
}

TEST(Graph, CountsAReaderOnceHoweverOftenItReads) {
  const Graph graph = GraphBuilder().Input("x", {4}).Add("twice", "x", "x").Output("twice").Build();
  EXPECT_THAT(NamesOf(graph, graph.ConsumersOf(graph.FindValue("x"))), ElementsAre("twice"));
}

TEST(Graph, HasASoleConsumerOnlyWhereNobodyElseSeesTheValue) {
  Graph graph = Diamond();
  EXPECT_EQ(graph.SoleConsumer(graph.FindValue("b")), ProducerOf(graph, "out"));
  EXPECT_EQ(graph.SoleConsumer(graph.FindValue("a")), kNoNode);
  EXPECT_EQ(graph.SoleConsumer(graph.FindValue("out")), kNoNode);
  graph.AddOutput("b", graph.FindValue("b"));
  EXPECT_EQ(graph.SoleConsumer(graph.FindValue("b")), kNoNode);
}

TEST(Graph, SharesConstantsWithItsCopies) {
  const Graph graph =
      GraphBuilder().Input("x", {1, 2, 4, 4}).Conv("conv", "x", 2, {.kernel = 3}).Output("conv").Build();
  const Graph copy = graph;
  const ValueId weights = graph.FindValue("conv/weights");
  EXPECT_EQ(copy.ConstantOf(weights), graph.ConstantOf(weights));
  EXPECT_EQ(graph.ConstantOf(graph.FindValue("x")), nullptr);
  EXPECT_EQ(graph.ConstantOf(kNoValue), nullptr);
}

TEST(Graph, BypassesANodeForReadersAndOutputs) {
  Graph graph = Diamond();
  graph.AddOutput("asked", graph.FindValue("b"));
  graph.Bypass(ProducerOf(graph, "b"));
  EXPECT_THAT(graph.node(ProducerOf(graph, "out")).inputs, ElementsAre(graph.FindValue("a"), graph.FindValue("c")));
  EXPECT_EQ(graph.outputs()[1].name, "asked");
  EXPECT_EQ(graph.outputs()[1].value, graph.FindValue("a"));
  EXPECT_EQ(graph.node_count(), 3);
}

TEST(Graph, RemovesWhatNoOutputNeeds) {
  Graph graph = Diamond();
  graph.SetOutputs({{"b", graph.FindValue("b")}});
  EXPECT_EQ(graph.RemoveUnneeded(), 2);
  EXPECT_THAT(NamesOf(graph, graph.NodeIds()), ElementsAre("a", "b"));
  EXPECT_EQ(graph.RemoveUnneeded(), 0);
}

TEST(Graph, KeepsTheImageAndDropsOtherInputsThatNothingReads) {
  Graph graph = GraphBuilder()
                    .Input("image", {1, 3})
                    .Input("unread", {1})
                    .Input("read", {1})
                    .Relu("out", "read")
                    .Output("out")
                    .Build();
  graph.RemoveUnneeded();
  EXPECT_THAT(graph.inputs(), ElementsAre(graph.FindValue("image"), graph.FindValue("read")));
}

TEST(Graph, RemovesAllTheProducersOfAValueMadeOfPartsOrNone) {
  Graph graph = Diamond();
  const ValueId whole = graph.FindValue("x");
  graph.value(whole).parts = {graph.FindValue("b"), graph.FindValue("c")};
  EXPECT_THAT(NamesOf(graph, graph.ProducersOf(whole)), ElementsAre("b", "c"));
  graph.SetOutputs({{"whole", whole}});
  EXPECT_EQ(graph.RemoveUnneeded(), 1);
  graph.SetOutputs({{"a", graph.FindValue("a")}});
  graph.value(whole).parts.clear();
  EXPECT_EQ(graph.RemoveUnneeded(), 2);
}

TEST(SortTopologically, KeepsAnOrderThatIsOne) {
  Graph graph = Diamond();
  const std::vector<NodeId> before = graph.NodeIds();
  ASSERT_THAT(graph.SortTopologically(), IsOk());
  EXPECT_EQ(graph.NodeIds(), before);
}

// A chain of nodes whose every node reads the one added after it.
Graph BackwardChain(int length) {
  Graph graph;
  const ValueId x = graph.AddInput("x", DataType::kFloat32, {1}).value();
  std::vector<NodeId> nodes;
  for (int i = 0; i < length; ++i) {
    nodes.push_back(graph.AddNode(OpType::kIdentity, absl::StrCat("n", i), {}, {x}, {absl::StrCat("v", i)}).value());
  }
  for (int i = 0; i + 1 < length; ++i) graph.node(nodes[i]).inputs = {graph.node(nodes[i + 1]).outputs.front()};
  return graph;
}

TEST(SortTopologically, TurnsABackwardChainRound) {
  Graph graph = BackwardChain(4);
  ASSERT_THAT(graph.SortTopologically(), IsOk());
  EXPECT_THAT(NamesOf(graph, graph.NodeIds()), ElementsAre("n3", "n2", "n1", "n0"));
}

TEST(SortTopologically, TakesAChainOfAHundredThousandNodes) {
  Graph graph = BackwardChain(100'000);
  ASSERT_THAT(graph.SortTopologically(), IsOk());
  EXPECT_EQ(graph.node(graph.NodeIds().front()).name, "n99999");
}

TEST(SortTopologically, TakesANodeWithFiftyThousandInputsThatComeLater) {
  Graph graph;
  const ValueId x = graph.AddInput("x", DataType::kFloat32, {1}).value();
  const NodeId wide = graph.AddNode(OpType::kConcat, "wide", AxisAttributes{0}, {}, {"wide"}).value();
  std::vector<ValueId> inputs;
  for (int i = 0; i < 50'000; ++i) {
    const NodeId node = graph.AddNode(OpType::kIdentity, "", {}, {x}, {absl::StrCat("v", i)}).value();
    inputs.push_back(graph.node(node).outputs.front());
  }
  graph.node(wide).inputs = inputs;
  ASSERT_THAT(graph.SortTopologically(), IsOk());
  EXPECT_EQ(graph.NodeIds().back(), wide);
}

TEST(SortTopologically, NamesANodeOfACycle) {
  Graph graph = BackwardChain(3);
  const std::vector<NodeId> nodes = graph.NodeIds();
  graph.node(nodes[2]).inputs = {graph.node(nodes[1]).outputs.front()};
  EXPECT_THAT(graph.SortTopologically(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("cycle")));
}

TEST(SortTopologically, SeesANodeThatReadsItself) {
  Graph graph = BackwardChain(1);
  const NodeId node = graph.NodeIds().front();
  graph.node(node).inputs = graph.node(node).outputs;
  EXPECT_THAT(graph.SortTopologically(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'n0'")));
}

}  // namespace
}  // namespace onebyone
