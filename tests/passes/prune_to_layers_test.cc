#include "engine/passes/prune_to_layers.h"

#include <string>

#include "engine/passes/elide_concat.h"
#include "engine/passes/remove_identity.h"
#include "tests/passes/pass_checks.h"
#include "tests/testing/graph_builder.h"

namespace onebyone {
namespace {

using ::testing::AllOf;
using testing::ExpectSameResults;
using testing::GraphBuilder;
using testing::HasNodeCount;
using ::testing::HasSubstr;
using testing::IsOkAndHolds;
using ::testing::Not;
using testing::ProducedBy;
using testing::RunToTheEnd;
using testing::StatusIs;

GraphBuilder Chain() {
  GraphBuilder builder;
  builder.Input("image", {1, 3, 6, 6}).Conv("conv", "image", 4, {.kernel = 3}).Relu("relu", "conv");
  builder.MaxPool("pool", "relu", {.kernel = 2, .stride = 2}).Output("pool");
  return builder;
}

TEST(PruneToLayers, RunsNothingBehindTheLayers) {
  Graph graph = Chain().Build();
  Graph wanted = graph;
  wanted.SetOutputs({{"conv", wanted.FindValue("conv")}});
  EXPECT_EQ(RunToTheEnd(PruneToLayers{{"conv"}}, graph), 3);  // two nodes, and the outputs
  EXPECT_EQ(graph.node_count(), 1);
  ExpectSameResults(wanted, graph, /*seed=*/1);
}

TEST(PruneToLayers, GivesLayersInTheOrderOfTheQuestion) {
  Graph graph = Chain().Build();
  EXPECT_EQ((RunToTheEnd(PruneToLayers{{"pool", "conv", "pool"}}, graph)), 1);
  ASSERT_EQ(graph.outputs().size(), 3U);
  EXPECT_EQ(graph.outputs()[0].name, "pool");
  EXPECT_EQ(graph.outputs()[1].name, "conv");
  EXPECT_EQ(graph.outputs()[2].value, graph.outputs()[0].value);
}

TEST(PruneToLayers, ChangesNothingWhereTheLayersAreTheOutputs) {
  Graph graph = Chain().Build();
  EXPECT_EQ(RunToTheEnd(PruneToLayers{{"pool"}}, graph), 0);
}

TEST(PruneToLayers, TakesTheImageAsALayer) {
  Graph graph = Chain().Build();
  EXPECT_EQ(RunToTheEnd(PruneToLayers{{"image"}}, graph), 4);
  EXPECT_EQ(graph.node_count(), 0);
  EXPECT_EQ(graph.outputs()[0].value, graph.inputs()[0]);
}

TEST(PruneToLayers, FindsAnOutputByTheNameItIsAskedFor) {
  Graph graph = Chain().Identity("result", "pool").Output("result").Build();
  ASSERT_THAT(RemoveIdentity{}.Run(graph), IsOkAndHolds(1));
  EXPECT_EQ(RunToTheEnd(PruneToLayers{{"result"}}, graph), 1);
  EXPECT_EQ(graph.outputs()[0].name, "result");
  EXPECT_EQ(graph.value(graph.outputs()[0].value).name, "pool");
}

TEST(PruneToLayers, NamesTheNearestLayerForAnUnknownOne) {
  Graph graph = Chain().Build();
  EXPECT_THAT(PruneToLayers{{"conw"}}.Run(graph),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("'conw'"), HasSubstr("'conv'"))));
  EXPECT_THAT((PruneToLayers{{"conv", std::string(1000, 'x')}}.Run(graph)),
              StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr(std::string(300, 'x')))));
  EXPECT_THAT(PruneToLayers{}.Run(graph), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("got none")));
  EXPECT_THAT(graph, ProducedBy("pool", OpType::kMaxPool));
}

TEST(PruneToLayers, RefusesALayerThatIsNotComputedAnyMore) {
  Graph graph = Chain().Identity("result", "pool").Relu("last", "result").Output("last").Build();
  ASSERT_THAT(RemoveIdentity{}.Run(graph), IsOkAndHolds(1));
  EXPECT_THAT(PruneToLayers{{"result"}}.Run(graph),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'result'")));
}

TEST(PruneToLayers, KeepsEveryPartOfAnElidedConcat) {
  GraphBuilder builder = Chain();
  builder.Conv("left", "pool", 2, {}).Conv("right", "pool", 2, {}).Concat("block", {"left", "right"});
  builder.Relu("last", "block").Output("last");
  Graph graph = builder.Build();
  ASSERT_THAT(ElideConcat{}.Run(graph), IsOkAndHolds(1));
  EXPECT_EQ(RunToTheEnd(PruneToLayers{{"block"}}, graph), 2);
  EXPECT_THAT(graph, AllOf(ProducedBy("left", OpType::kConv), ProducedBy("right", OpType::kConv),
                           HasNodeCount(OpType::kRelu, 1)));
  EXPECT_EQ(RunToTheEnd(PruneToLayers{{"left"}}, graph), 2);
  EXPECT_THAT(graph, Not(ProducedBy("right", OpType::kConv)));
}

}  // namespace
}  // namespace onebyone
