#include "engine/passes/fuse_activation.h"

#include "tests/passes/pass_checks.h"
#include "tests/testing/graph_builder.h"

namespace onebyone {
namespace {

using testing::ExpectSameResults;
using testing::ExpectShapesHold;
using testing::GraphBuilder;
using testing::HasNodeCount;
using testing::ProducedBy;
using testing::RunToTheEnd;

GraphBuilder ConvOf(const char* name) {
  GraphBuilder builder;
  builder.Input("image", {1, 3, 5, 5}).Conv(name, "image", 4, {.kernel = 3});
  return builder;
}

class FuseActivationKind : public ::testing::TestWithParam<OpType> {};

TEST_P(FuseActivationKind, ComputesTheActivationInTheConvolution) {
  GraphBuilder builder = ConvOf("conv");
  switch (GetParam()) {
    case OpType::kRelu: builder.Relu("y", "conv"); break;
    case OpType::kLeakyRelu: builder.LeakyRelu("y", "conv", 0.3F); break;
    case OpType::kClip: builder.Clip("y", "conv", -0.2F, 0.4F); break;
    default: builder.Sigmoid("y", "conv"); break;
  }
  const Graph before = builder.Output("y").Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(FuseActivation{}, graph), 1);
  EXPECT_EQ(graph.node_count(), 1);
  EXPECT_THAT(graph, ProducedBy("y", OpType::kConv));
  ExpectSameResults(before, graph, /*seed=*/1);
  ExpectShapesHold(graph);
}

INSTANTIATE_TEST_SUITE_P(All, FuseActivationKind,
                         ::testing::Values(OpType::kRelu, OpType::kLeakyRelu, OpType::kClip, OpType::kSigmoid));

TEST(FuseActivation, TakesTheFirstOfTwoActivations) {
  const Graph before = ConvOf("conv").Relu("a", "conv").Sigmoid("y", "a").Output("y").Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(FuseActivation{}, graph), 1);
  EXPECT_THAT(graph, HasNodeCount(OpType::kSigmoid, 1));
  ExpectSameResults(before, graph, /*seed=*/1);
}

TEST(FuseActivation, MakesOneClipOfAReluAndAClip) {
  const Graph before = ConvOf("conv").Relu("a", "conv").Clip("y", "a", -0.5F, 0.4F).Output("y").Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(FuseActivation{}, graph), 2);
  EXPECT_EQ(graph.node_count(), 1);
  ExpectSameResults(before, graph, /*seed=*/1);
}

TEST(FuseActivation, KeepsAConvolutionThatIsAskedFor) {
  Graph graph = ConvOf("conv").Relu("y", "conv").Output("conv").Output("y").Build();
  EXPECT_EQ(RunToTheEnd(FuseActivation{}, graph), 0);
}

TEST(FuseActivation, KeepsAConvolutionWithAnotherReader) {
  Graph graph = ConvOf("conv").Relu("a", "conv").Add("y", "a", "conv").Output("y").Build();
  EXPECT_EQ(RunToTheEnd(FuseActivation{}, graph), 0);
}

TEST(FuseActivation, KeepsAnActivationBehindAPool) {
  Graph graph = ConvOf("conv").MaxPool("pool", "conv", {.kernel = 2}).Relu("y", "pool").Output("y").Build();
  EXPECT_EQ(RunToTheEnd(FuseActivation{}, graph), 0);
}

}  // namespace
}  // namespace onebyone
