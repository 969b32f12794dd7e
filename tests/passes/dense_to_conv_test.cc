#include "engine/passes/dense_to_conv.h"

#include <cstring>
#include <vector>

#include "engine/graph/shape_inference.h"
#include "engine/passes/remove_identity.h"
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
using testing::IsOk;
using testing::OutputShapes;
using testing::ProducedBy;
using testing::RandomInputs;
using testing::RunGraph;
using testing::RunToTheEnd;

const DenseToConv kVectors{};
const DenseToConv kMaps{.keep_map = true};

Shape ShapeOf(const Graph& graph, const std::string& name) { return graph.value(graph.FindValue(name)).shape; }

struct Case {
  const char* what;
  void (*add)(GraphBuilder& builder);  // "y" from "x" [2, 4, 3, 5]
  int convolutions;                    // how many dense layers become convolutions
};

void PrintTo(const Case& value, std::ostream* stream) { *stream << value.what; }

class DenseToConvCase : public ::testing::TestWithParam<Case> {};

TEST_P(DenseToConvCase, ComputesTheSameByConvolutions) {
  GraphBuilder builder;
  builder.Input("image", {2, 4, 3, 5}).Relu("x", "image");
  GetParam().add(builder);
  const Graph before = builder.Output("y").Build();
  Graph graph = before;
  EXPECT_EQ(RunToTheEnd(kVectors, graph), GetParam().convolutions);
  EXPECT_THAT(graph, HasNodeCount(OpType::kConv, GetParam().convolutions));
  ExpectSameResults(before, graph, /*seed=*/1);
  ExpectShapesHold(graph);
  graph = before;
  RunToTheEnd(kMaps, graph);
  ExpectSameResults(before, graph, /*seed=*/1, OutputShapes::kSameElements);
  ExpectShapesHold(graph);
}

INSTANTIATE_TEST_SUITE_P(
    All, DenseToConvCase,
    ::testing::Values(
        Case{"flatten, gemm", [](GraphBuilder& b) { b.Flatten("f", "x").Gemm("y", "f", 7); }, 1},
        Case{"weights the other way round",
             [](GraphBuilder& b) { b.Flatten("f", "x").Gemm("y", "f", 7, {.transpose_b = false}); }, 1},
        Case{"alpha and beta",
             [](GraphBuilder& b) { b.Flatten("f", "x").Gemm("y", "f", 7, {.alpha = 0.5F, .beta = 3.0F}); }, 1},
        Case{"no bias", [](GraphBuilder& b) { b.Flatten("f", "x").Gemm("y", "f", 7, {.bias = false}); }, 1},
        Case{"a single number as bias",
             [](GraphBuilder& b) {
               b.RandomConstant("w", {60, 7}).RandomConstant("c", {1}).Flatten("f", "x");
               b.Node(OpType::kGemm, {"y"}, {"f", "w", "c"}, GemmAttributes{});
             },
             1},
        Case{"reshape",
             [](GraphBuilder& b) {
               b.Reshape("f", "x", {-1, 60}).Gemm("y", "f", 7);
             },
             1},
        Case{"dropout between",
             [](GraphBuilder& b) {
               b.Flatten("f", "x").Node(OpType::kDropout, {"d", "mask"}, {"f"}).Identity("i", "d").Gemm("y", "i", 7);
             },
             1},
        Case{"squeeze",
             [](GraphBuilder& b) {
               b.GlobalMaxPool("g", "x").Squeeze("f", "g", {2, 3}).Gemm("y", "f", 7);
             },
             1},
        Case{"matmul",
             [](GraphBuilder& b) {
               b.RandomConstant("w", {60, 7}).Flatten("f", "x").MatMul("y", "f", "w");
             },
             1},
        Case{"matmul, add",
             [](GraphBuilder& b) {
               b.RandomConstant("w", {60, 7}).RandomConstant("c", {7}).Flatten("f", "x");
               b.MatMul("m", "f", "w").Add("y", "c", "m");
             },
             1},
        Case{"matmul that is asked for, add",
             [](GraphBuilder& b) {
               b.RandomConstant("w", {60, 7}).RandomConstant("c", {7}).Flatten("f", "x");
               b.MatMul("m", "f", "w").Output("m").Add("y", "c", "m");
             },
             1},
        Case{"flatten with another reader",
             [](GraphBuilder& b) { b.Flatten("f", "x").Gemm("g", "f", 60).Add("y", "g", "f"); }, 1},
        Case{"two in a row", [](GraphBuilder& b) { b.Flatten("f", "x").Gemm("g", "f", 6).Gemm("y", "g", 7); }, 2},
        Case{"relu between two",
             [](GraphBuilder& b) { b.Flatten("f", "x").Gemm("g", "f", 6).Relu("r", "g").Gemm("y", "r", 7); }, 1},
        Case{"transposed before it is flattened",
             [](GraphBuilder& b) {
               b.Transpose("t", "x", {0, 2, 3, 1}).Flatten("f", "t").Gemm("y", "f", 7);
             },
             1},
        Case{"flatten at another axis", [](GraphBuilder& b) { b.Flatten("f", "x", 2).Gemm("y", "f", 7); }, 0},
        Case{"images that are cut",
             [](GraphBuilder& b) {
               b.Reshape("f", "x", {4, 30}).Gemm("y", "f", 7);
             },
             0},
        Case{"weights that are computed",
             [](GraphBuilder& b) {
               b.RandomConstant("w", {60, 7}).Relu("v", "w").Flatten("f", "x").MatMul("y", "f", "v");
             },
             0},
        Case{"a bias for every row",
             [](GraphBuilder& b) {
               b.RandomConstant("w", {60, 7}).RandomConstant("c", {2, 7}).Flatten("f", "x");
               b.Node(OpType::kGemm, {"y"}, {"f", "w", "c"}, GemmAttributes{});
             },
             0},
        Case{"a matrix that is turned first",
             [](GraphBuilder& b) {
               b.RandomConstant("w", {2, 7}).Flatten("f", "x");
               b.Node(OpType::kGemm, {"y"}, {"f", "w"}, GemmAttributes{.transpose_a = true});
             },
             0}));

TEST(DenseToConv, SharesTheWeightsWhereTheirOrderIsRight) {
  Graph graph = GraphBuilder().Input("x", {1, 4, 3, 5}).Flatten("f", "x").Gemm("y", "f", 7).Output("y").Build();
  const void* weights = graph.ConstantOf(graph.FindValue("y/weights"))->data();
  EXPECT_EQ(RunToTheEnd(kVectors, graph), 1);
  const Node& conv = graph.node(graph.NodesOf(OpType::kConv)[0]);
  EXPECT_EQ(graph.ConstantOf(conv.inputs[1])->data(), weights);
  EXPECT_EQ(graph.ConstantOf(conv.inputs[1])->shape().ToString(), "[7, 4, 3, 5]");
  EXPECT_EQ(conv.inputs[2], graph.FindValue("y/bias"));
}

TEST(DenseToConv, KeepsTheNameOfTheVector) {
  Graph graph = GraphBuilder().Input("x", {1, 4, 3, 5}).Flatten("f", "x").Gemm("y", "f", 7).Output("y").Build();
  RunToTheEnd(kVectors, graph);
  EXPECT_THAT(graph, AllOf(ProducedBy("y", OpType::kFlatten), HasNodeCount(OpType::kFlatten, 1)));
}

TEST(DenseToConvMaps, GoOnThroughTheWholeClassifier) {
  GraphBuilder builder;
  builder.Input("x", {1, 4, 3, 5}).RandomConstant("scale", {6}).RandomConstant("w", {6, 5}).RandomConstant("c", {1, 5});
  builder.Flatten("f", "x")
      .Gemm("a", "f", 6)
      .Relu("b", "a")
      .Dropout("d", "b")
      .Mul("e", "scale", "d")
      .BatchNorm("n", "e");
  builder.MatMul("m", "n", "w").Add("logits", "m", "c").Softmax("y", "logits").Output("y");
  const Graph before = builder.Build();
  Graph graph = before;
  EXPECT_GT(RunToTheEnd(kMaps, graph), 0);
  EXPECT_THAT(graph,
              AllOf(HasNodeCount(OpType::kFlatten, 0), HasNodeCount(OpType::kConv, 2), HasNodeCount(OpType::kAdd, 0),
                    ProducedBy("a", OpType::kConv), ProducedBy("logits", OpType::kConv)));
  for (const char* name : {"a", "b", "d", "e", "n"}) EXPECT_EQ(ShapeOf(graph, name).ToString(), "[1, 6, 1, 1]") << name;
  EXPECT_EQ(ShapeOf(graph, "y").ToString(), "[1, 5, 1, 1]");
  ExpectSameResults(before, graph, /*seed=*/1, OutputShapes::kSameElements);
  ExpectShapesHold(graph);
}

TEST(DenseToConvMaps, FlattenBeforeAReaderThatWantsAVector) {
  GraphBuilder builder;
  builder.Input("x", {2, 4, 3, 5}).Flatten("f", "x").Gemm("a", "f", 6).Transpose("t", "a").Transpose("u", "t");
  builder.Relu("r", "a").Add("y", "u", "r").Output("y").Output("r");
  const Graph before = builder.Build();
  Graph graph = before;
  EXPECT_GT(RunToTheEnd(kMaps, graph), 0);
  EXPECT_EQ(ShapeOf(graph, "r").ToString(), "[2, 6, 1, 1]");
  EXPECT_EQ(ShapeOf(graph, "y").ToString(), "[2, 6]");
  EXPECT_THAT(graph, HasNodeCount(OpType::kFlatten, 2));  // of "a" and of "r"
  ExpectSameResults(before, graph, /*seed=*/1, OutputShapes::kSameElements);
  ExpectShapesHold(graph);
}

TEST(DenseToConvMaps, FlattenBeforeASoftmaxOverTheImages) {
  const Graph before = GraphBuilder()
                           .Input("x", {2, 4, 3, 5})
                           .Flatten("f", "x")
                           .Gemm("a", "f", 6)
                           .Softmax("y", "a", 0)
                           .Output("y")
                           .Build();
  Graph graph = before;
  EXPECT_GT(RunToTheEnd(kMaps, graph), 0);
  ExpectSameResults(before, graph, /*seed=*/1);
}

TEST(DenseToConvMaps, KeepTheGateOfASqueezeAndExcitationBlock) {
  GraphBuilder builder;
  builder.Input("x", {1, 4, 6, 6}).GlobalAveragePool("g", "x").Flatten("f", "g").Gemm("a", "f", 4).Sigmoid("s", "a");
  builder.Unsqueeze("gate", "s", {2, 3}).Mul("y", "x", "gate").Output("y");
  const Graph before = builder.Build();
  Graph graph = before;
  EXPECT_GT(RunToTheEnd(kMaps, graph), 0);
  EXPECT_THAT(graph, HasNodeCount(OpType::kGlobalAveragePool, 1));
  ExpectSameResults(before, graph, /*seed=*/1);
  graph.value(graph.inputs()[0]).shape = {1, 4, 9, 8};
  EXPECT_THAT(InferShapes(graph), IsOk());
  EXPECT_EQ(ShapeOf(graph, "y").ToString(), "[1, 4, 9, 8]");
}

TEST(DenseToConvMaps, LeaveANetworkWithoutImagesAlone) {
  Graph graph =
      GraphBuilder().Input("x", {2, 8}).Gemm("a", "x", 6).Relu("r", "a").Gemm("y", "r", 3).Output("y").Build();
  EXPECT_EQ(RunToTheEnd(kMaps, graph), 0);
  EXPECT_EQ(RunToTheEnd(kVectors, graph), 0);
}

// Classifiers over a feature map of stride 2 that is [N, 8, 4, 3] at the own size, without padding, so that every place
// of a class map is the classification of one window of the image.
using AddClassifier = void (*)(GraphBuilder&);  // "y" from "features"

class ClassMapCase : public ::testing::TestWithParam<AddClassifier> {};

// The window [3, 8, 6] of `image` that begins at (top, left).
Tensor Crop(const Tensor& image, int64_t top, int64_t left) {
  Tensor crop = *Tensor::Create(DataType::kFloat32, {1, 3, 8, 6});
  for (int64_t row = 0; row < 3 * 8; ++row) {
    const int64_t source = (row / 8 * image.shape()[2] + row % 8 + top) * image.shape()[3] + left;
    std::memcpy(crop.As<float>() + row * 6, image.As<float>() + source, 6 * sizeof(float));
  }
  return crop;
}

TEST_P(ClassMapCase, ClassifiesEveryWindowOfALargerImage) {
  GraphBuilder builder;
  builder.Input("image", {1, 3, 8, 6}).Conv("features", "image", 8, {.kernel = 2, .stride = 2});
  GetParam()(builder);
  const Graph before = builder.Output("y").Build();
  Graph graph = before;
  EXPECT_GT(RunToTheEnd(kMaps, graph), 0);
  ExpectSameResults(before, graph, /*seed=*/1, OutputShapes::kSameElements);
  ExpectShapesHold(graph);
  RunToTheEnd(RemoveIdentity{}, graph);

  graph.value(graph.inputs()[0]).shape = {1, 3, 12, 14};
  ASSERT_THAT(InferShapes(graph), IsOk());
  EXPECT_EQ(RunToTheEnd(kMaps, graph), 0);
  const std::vector<Tensor> inputs = *RandomInputs(graph, /*seed=*/2);
  ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> maps, RunGraph(graph, inputs));
  const Tensor& map = maps[0];
  ASSERT_EQ(map.shape().ToString(), (Shape{1, map.shape()[1], 3, 5}).ToString());
  for (int64_t place = 0; place < 15; ++place) {
    ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> window,
                         RunGraph(before, {Crop(inputs[0], place / 5 * 2, place % 5 * 2)}));
    ASSERT_EQ(window[0].elements(), map.shape()[1]);
    for (int64_t c = 0; c < map.shape()[1]; ++c) {
      EXPECT_NEAR(map.As<float>()[c * 15 + place], window[0].As<float>()[c], 1e-5) << "class " << c << " at " << place;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, ClassMapCase,
    ::testing::Values(
        [](GraphBuilder& b) { b.Flatten("f", "features").Gemm("g", "f", 5).Softmax("y", "g"); },
        [](GraphBuilder& b) {
          b.Reshape("f", "features", {1, 96}).Gemm("g", "f", 6).Relu("r", "g").Dropout("d", "r").Gemm("y", "d", 5);
        },
        [](GraphBuilder& b) {
          b.GlobalAveragePool("p", "features")
              .Flatten("f", "p")
              .Dropout("d", "f")
              .Gemm("g", "d", 5)
              .Softmax("y", "g", 1);
        },
        [](GraphBuilder& b) {
          b.GlobalMaxPool("p", "features").Squeeze("f", "p", {2, 3}).Sigmoid("y", "f");
        },
        [](GraphBuilder& b) {
          b.RandomConstant("w", {8, 5}).RandomConstant("c", {5}).ReduceMean("m", "features", {2, 3}, false);
          b.MatMul("g", "m", "w").Add("y", "g", "c");
        },
        [](GraphBuilder& b) {
          b.ReduceMean("m", "features", {-2, -1}).Flatten("f", "m").Concat("y", {"f", "f"}, -1);
        },
        [](GraphBuilder& b) {  // SqueezeNet
          b.GlobalAveragePool("p", "features");
          b.Node(OpType::kSoftmax, {"y"}, {"p"}, SoftmaxAttributes{.axis = 1, .flatten_to_2d = true});
        },
        [](GraphBuilder& b) {  // a vector that becomes an image again
          b.GlobalAveragePool("p", "features").Flatten("f", "p").Gemm("g", "f", 5).Reshape("y", "g", {1, 5, 1, 1});
        }));

}  // namespace
}  // namespace onebyone
