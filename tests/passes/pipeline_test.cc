#include "engine/passes/pipeline.h"

#include "engine/passes/fold_batch_norm.h"
#include "engine/passes/fuse_activation.h"
#include "engine/passes/remove_identity.h"
#include "tests/passes/pass_checks.h"
#include "tests/testing/graph_builder.h"

namespace onebyone {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

Graph ConvNormRelu() {
  return GraphBuilder()
      .Input("x", {1, 3, 4, 4})
      .Conv("conv", "x", 4, {})
      .BatchNorm("norm", "conv")
      .Relu("y", "norm")
      .Output("y")
      .Build();
}

// Cuts off the last node and tells so, but does not clean up.
struct OutputTheImage {
  static constexpr absl::string_view name() { return "output_the_image"; }
  absl::StatusOr<int> Run(Graph& graph) const {
    if (graph.outputs()[0].value == graph.inputs()[0]) return 0;
    graph.SetOutputs({{"y", graph.inputs()[0]}});
    return 1;
  }
};

struct Fail {
  static constexpr absl::string_view name() { return "fail"; }
  absl::StatusOr<int> Run(Graph& /*graph*/) const { return absl::InternalError("broken"); }
};

TEST(Pipeline, RunsPassesInOrderAndTellsWhatEachDid) {
  Graph graph = ConvNormRelu();
  // The activation can be fused only when the normalization before it is folded.
  const auto trace = Pipeline().Add(FuseActivation{}).Add(FoldBatchNorm{}).Add(FuseActivation{}).Run(graph);
  ASSERT_THAT(trace, IsOk());
  EXPECT_THAT(*trace, ElementsAre(Field(&PassTrace::rewrites, 0), Field(&PassTrace::rewrites, 1),
                                  Field(&PassTrace::rewrites, 1)));
  EXPECT_EQ(trace->at(1).nodes_before, 3);
  EXPECT_EQ(trace->at(1).nodes_after, 2);
  EXPECT_THAT(PrintTrace(*trace), HasSubstr("fold_batch_norm          1 rewrites,     3 ->     2 nodes"));
  EXPECT_EQ(graph.node_count(), 1);
}

TEST(Pipeline, RemovesWhatNothingNeedsAfterAPassThatChangedSomething) {
  Graph graph = ConvNormRelu();
  ASSERT_THAT(Pipeline().Add(OutputTheImage{}).Run(graph), IsOk());
  EXPECT_EQ(graph.node_count(), 0);
}

TEST(Pipeline, EndsWithTheFirstError) {
  Graph graph = ConvNormRelu();
  EXPECT_THAT(Pipeline().Add(Fail{}).Add(FoldBatchNorm{}).Run(graph), StatusIs(absl::StatusCode::kInternal, "broken"));
  EXPECT_EQ(graph.node_count(), 3);
}

}  // namespace
}  // namespace onebyone
