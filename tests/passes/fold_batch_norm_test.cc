#include "engine/passes/fold_batch_norm.h"

#include "tests/passes/pass_checks.h"
#include "tests/testing/graph_builder.h"

namespace onebyone {
namespace {

using ::testing::AllOf;
using testing::ExpectSameResults;
using testing::ExpectShapesHold;
using testing::GraphBuilder;
using testing::HasNodeCount;
using ::testing::Not;
using testing::ProducedBy;
using testing::RunToTheEnd;

struct Case {
  const char* what;
  void (*add)(GraphBuilder& builder);  // "y" from "image" [2, 4, 5, 4]
  int folded;
};

void PrintTo(const Case& value, std::ostream* stream) { *stream << value.what; }

class FoldBatchNormCase : public ::testing::TestWithParam<Case> {};

TEST_P(FoldBatchNormCase, FoldsWhatIsAffinePerChannelAndNothingElse) {
  GraphBuilder builder;
  builder.Input("image", {2, 4, 5, 4});
  GetParam().add(builder);
  const Graph before = builder.Output("y").Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(FoldBatchNorm{}, graph), GetParam().folded);
  EXPECT_EQ(graph.node_count(), before.node_count() - GetParam().folded);
  ExpectSameResults(before, graph, /*seed=*/1);
  ExpectShapesHold(graph);
}

INSTANTIATE_TEST_SUITE_P(
    Convolution, FoldBatchNormCase,
    ::testing::Values(
        Case{"batch norm", [](GraphBuilder& b) { b.Conv("c", "image", 6, {.kernel = 3}).BatchNorm("y", "c", 1e-3F); },
             1},
        Case{"batch norm behind a convolution without a bias",
             [](GraphBuilder& b) { b.Conv("c", "image", 6, {.kernel = 3, .bias = false}).BatchNorm("y", "c"); }, 1},
        Case{"batch norm behind groups",
             [](GraphBuilder& b) { b.Conv("c", "image", 6, {.kernel = 3, .groups = 2}).BatchNorm("y", "c"); }, 1},
        Case{"batch norm, scale and shift, as Caffe has them",
             [](GraphBuilder& b) {
               b.RandomConstant("s", {6, 1, 1}).RandomConstant("t", {1, 6, 1, 1});
               b.Conv("c", "image", 6, {}).BatchNorm("n", "c").Mul("m", "n", "s").Add("y", "t", "m");
             },
             3},
        Case{"single numbers",
             [](GraphBuilder& b) {
               b.RandomConstant("s", {}).RandomConstant("t", {1, 1, 1}).RandomConstant("u", {1});
               b.Conv("c", "image", 6, {}).Mul("m", "c", "s").Add("n", "m", "t").Sum("y", {"u", "n"});
             },
             3},
        Case{"numbers along the width, as many as channels",
             [](GraphBuilder& b) { b.RandomConstant("s", {4}).Conv("c", "image", 4, {}).Mul("y", "c", "s"); }, 0},
        Case{"numbers along the height, as many as channels",
             [](GraphBuilder& b) {
               b.RandomConstant("s", {5, 1}).Conv("c", "image", 5, {}).Mul("y", "c", "s");
             },
             0},
        Case{"a constant that widens one channel to many",
             [](GraphBuilder& b) {
               b.RandomConstant("s", {6, 1, 1}).Conv("c", "image", 1, {}).Add("y", "c", "s");
             },
             0},
        Case{"a constant that adds an axis",
             [](GraphBuilder& b) {
               b.RandomConstant("s", {1, 1, 6, 1, 1}).Conv("c", "image", 6, {}).Add("y", "c", "s");
             },
             0},
        Case{"a constant for every image",
             [](GraphBuilder& b) {
               b.RandomConstant("s", {2, 6, 1, 1}).Conv("c", "image", 6, {}).Add("y", "c", "s");
             },
             0},
        Case{"the convolution times itself", [](GraphBuilder& b) { b.Conv("c", "image", 6, {}).Mul("y", "c", "c"); },
             0},
        Case{"batch norm behind an activation",
             [](GraphBuilder& b) { b.Conv("c", "image", 6, {}).Relu("r", "c").BatchNorm("y", "r"); }, 0},
        Case{"batch norm of the image", [](GraphBuilder& b) { b.BatchNorm("y", "image"); }, 0},
        Case{"batch norm of a convolution that is asked for",
             [](GraphBuilder& b) { b.Conv("c", "image", 6, {}).Output("c").BatchNorm("y", "c"); }, 0},
        Case{"batch norm of a convolution with another reader",
             [](GraphBuilder& b) { b.Conv("c", "image", 6, {}).BatchNorm("n", "c").Add("y", "n", "c"); }, 0},
        Case{"batch norms behind convolutions that share weights",
             [](GraphBuilder& b) {
               b.RandomConstant("w", {6, 4, 1, 1});
               const ConvAttributes conv{{{1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, Window::AutoPad::kExplicit}, 1, {}};
               b.Node(OpType::kConv, {"c"}, {"image", "w"}, conv).Node(OpType::kConv, {"d"}, {"image", "w"}, conv);
               b.BatchNorm("m", "c").BatchNorm("n", "d").Add("y", "m", "n");
             },
             2}));

INSTANTIATE_TEST_SUITE_P(
    Dense, FoldBatchNormCase,
    ::testing::Values(
        Case{"rows are outputs",
             [](GraphBuilder& b) {
               b.Flatten("f", "image").Gemm("g", "f", 7, {.alpha = 0.5F, .beta = 2.0F}).BatchNorm("y", "g");
             },
             1},
        Case{"columns are outputs",
             [](GraphBuilder& b) {
               b.Flatten("f", "image").Gemm("g", "f", 7, {.transpose_b = false, .beta = 2.0F}).BatchNorm("y", "g");
             },
             1},
        Case{"without a bias",
             [](GraphBuilder& b) { b.Flatten("f", "image").Gemm("g", "f", 7, {.bias = false}).BatchNorm("y", "g"); },
             1},
        Case{"numbers per channel",
             [](GraphBuilder& b) {
               b.RandomConstant("s", {7}).RandomConstant("t", {1, 7});
               b.Flatten("f", "image").Gemm("g", "f", 7).Mul("m", "g", "s").Add("y", "m", "t");
             },
             2},
        Case{"a bias for every row",
             [](GraphBuilder& b) {
               b.RandomConstant("w", {80, 7}).RandomConstant("c", {2, 7}).Flatten("f", "image");
               b.Node(OpType::kGemm, {"g"}, {"f", "w", "c"}, GemmAttributes{}).BatchNorm("y", "g");
             },
             0}));

TEST(FoldBatchNorm, LetsTheConvolutionProduceTheLastName) {
  Graph graph = GraphBuilder()
                    .Input("x", {1, 3, 4, 4})
                    .Conv("conv", "x", 4, {})
                    .BatchNorm("norm", "conv")
                    .Relu("y", "norm")
                    .Output("y")
                    .Build();
  EXPECT_EQ(RunToTheEnd(FoldBatchNorm{}, graph), 1);
  EXPECT_THAT(graph, AllOf(ProducedBy("norm", OpType::kConv), Not(ProducedBy("conv", OpType::kConv)),
                           HasNodeCount(OpType::kBatchNormalization, 0)));
}

TEST(FoldBatchNorm, NeedsNoShapes) {
  Graph graph = GraphBuilder()
                    .Input("x", {1, 3, 4, 4})
                    .RandomConstant("s", {4, 1, 1})
                    .Conv("conv", "x", 4, {})
                    .BatchNorm("norm", "conv")
                    .Mul("y", "norm", "s")
                    .Output("y")
                    .Build();
  for (ValueId id = 0; id < graph.value_count(); ++id) {
    if (graph.value(id).producer == kNoNode) continue;
    graph.value(id).has_shape = false;
  }
  EXPECT_EQ(RunToTheEnd(FoldBatchNorm{}, graph), 2);
}

TEST(FoldBatchNorm, KeepsWeightsThatAreOnlyShifted) {
  Graph graph = GraphBuilder()
                    .Input("x", {1, 3, 4, 4})
                    .RandomConstant("t", {4, 1, 1})
                    .Conv("conv", "x", 4, {})
                    .Add("y", "conv", "t")
                    .Output("y")
                    .Build();
  const void* weights = graph.ConstantOf(graph.FindValue("conv/weights"))->data();
  EXPECT_EQ(RunToTheEnd(FoldBatchNorm{}, graph), 1);
  EXPECT_EQ(graph.ConstantOf(graph.node(graph.NodeIds()[0]).inputs[1])->data(), weights);
}

TEST(FoldBatchNorm, KeepsABatchNormWhoseVarianceIsImpossible) {
  Graph graph =
      GraphBuilder().Input("x", {1, 3, 4, 4}).Conv("conv", "x", 4, {}).BatchNorm("y", "conv").Output("y").Build();
  Tensor variance = *Tensor::Create(DataType::kFloat32, {4});
  variance.As<float>()[2] = -1.0F;
  graph.node(graph.NodesOf(OpType::kBatchNormalization)[0]).inputs[4] = *graph.AddConstant("", variance);
  EXPECT_EQ(RunToTheEnd(FoldBatchNorm{}, graph), 0);
}

}  // namespace
}  // namespace onebyone
