#include "engine/runtime/sibling_groups.h"

#include <gmock/gmock.h>

#include <functional>
#include <string>
#include <vector>

#include "engine/kernels/onednn/layout.h"
#include "engine/passes/elide_concat.h"
#include "tests/testing/graph_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::IsEmpty;
using testing::IsOk;

// Names of the members of each group, and of the concat that begins with the last one.
std::vector<std::vector<std::string>> GroupsOf(Graph graph) {
  EXPECT_THAT(ElideConcat{ChannelBlock()}.Run(graph), IsOk());
  std::vector<std::vector<std::string>> groups;
  for (const SiblingGroup& group : FindSiblingGroups(graph)) {
    std::vector<std::string>& names = groups.emplace_back();
    for (const NodeId member : group.members) names.push_back(graph.node(member).name);
    names.push_back(group.whole == kNoValue ? "" : graph.value(group.whole).name);
  }
  return groups;
}

// The head of an Inception block: 1x1, 3x3_reduce and 5x5_reduce over x.
GraphBuilder Head(int64_t batch = 1) {
  GraphBuilder builder;
  builder.Input("x", {batch, 32, 9, 9}).Conv("1x1", "x", 64, {}).Conv("3x3_reduce", "x", 32, {});
  builder.Conv("3x3", "3x3_reduce", 48, {.kernel = 3, .pad = 1}).Conv("5x5_reduce", "x", 24, {});
  return builder.Conv("5x5", "5x5_reduce", 16, {.kernel = 5, .pad = 2});
}

TEST(SiblingGroups, PutWhatTheConcatBeginsWithLast) {
  EXPECT_THAT(GroupsOf(Head().Concat("y", {"1x1", "3x3", "5x5"}).Output("y").Build()),
              ElementsAre(ElementsAre("3x3_reduce", "5x5_reduce", "1x1", "y")));
}

TEST(SiblingGroups, LeaveOutWhatLiesFurtherBackInAConcat) {
  EXPECT_THAT(GroupsOf(Head().Concat("y", {"3x3", "1x1", "5x5"}).Output("y").Build()),
              ElementsAre(ElementsAre("3x3_reduce", "5x5_reduce", "")));
}

TEST(SiblingGroups, LeaveOutWhatLiesInAConcatInsideAnother) {
  EXPECT_THAT(GroupsOf(Head().Concat("y", {"1x1", "3x3"}).Concat("z", {"y", "5x5"}).Output("z").Build()),
              ElementsAre(ElementsAre("3x3_reduce", "5x5_reduce", "")));
}

TEST(SiblingGroups, HoldTheBeginningOfOneConcatOnly) {
  EXPECT_THAT(
      GroupsOf(Head().Concat("y", {"1x1", "3x3"}).Concat("z", {"3x3_reduce", "5x5"}).Output("y").Output("z").Build()),
      ElementsAre(ElementsAre("5x5_reduce", "1x1", "y")));
}

TEST(SiblingGroups, AreFoundWithoutAConcatToo) {
  EXPECT_THAT(GroupsOf(Head().Output("1x1").Output("3x3").Output("5x5").Build()),
              ElementsAre(ElementsAre("1x1", "3x3_reduce", "5x5_reduce", "")));
}

TEST(SiblingGroups, AreOfOneImage) {
  EXPECT_THAT(GroupsOf(Head(/*batch=*/2).Output("1x1").Output("3x3").Output("5x5").Build()), IsEmpty());
}

// What keeps b from being a sibling of a, which is a 1x1 convolution over x.
class OnlyChild : public ::testing::TestWithParam<std::function<void(GraphBuilder&)>> {};

TEST_P(OnlyChild, HasNoSiblings) {
  GraphBuilder builder;
  builder.Input("x", {1, 32, 9, 9}).Conv("a", "x", 32, {});
  GetParam()(builder);
  EXPECT_THAT(GroupsOf(builder.Output("a").Output("b").Build()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Forms, OnlyChild,
                         ::testing::Values([](GraphBuilder& g) { g.Conv("b", "x", 32, {.kernel = 3, .pad = 1}); },
                                           [](GraphBuilder& g) { g.Conv("b", "x", 32, {.stride = 2}); },
                                           [](GraphBuilder& g) { g.Conv("b", "x", 32, {.pad = 1}); },
                                           [](GraphBuilder& g) { g.Conv("b", "x", 32, {.groups = 2}); },
                                           [](GraphBuilder& g) { g.Conv("b", "x", 32, {.bias = false}); },
                                           [](GraphBuilder& g) { g.Conv("b", "a", 32, {}); },
                                           [](GraphBuilder& g) { g.Relu("r", "x").Conv("b", "r", 32, {}); }));

TEST(SiblingGroups, WantTheSameActivation) {
  Graph graph = Head().Output("1x1").Output("3x3").Output("5x5").Build();
  std::get<ConvAttributes>(graph.node(graph.value(graph.FindValue("1x1")).producer).attributes).activation =
      Activation{};
  EXPECT_THAT(GroupsOf(graph), ElementsAre(ElementsAre("3x3_reduce", "5x5_reduce", "")));
}

// 24 channels leave the last block of 16 half empty; with blocks of 8 there is none.
TEST(SiblingGroups, LeaveOutWhereTheActivationOfNothingIsSomething) {
  Graph graph = Head().Output("1x1").Output("3x3").Output("5x5").Build();
  const Activation sigmoid = {.kind = Activation::Kind::kSigmoid};
  for (const NodeId conv : graph.NodesOf(OpType::kConv)) {
    std::get<ConvAttributes>(graph.node(conv).attributes).activation = sigmoid;
  }
  const auto groups = GroupsOf(graph);
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].size(), ChannelBlock() == 16 ? 3U : 4U);
}

}  // namespace
}  // namespace onebyone
