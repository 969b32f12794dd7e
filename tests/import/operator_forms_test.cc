// Which attributes each operator becomes, in all its forms.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "tests/import/model_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(ImportConv, FillsInDefaultsFromConstantWeights) {
  ModelBuilder builder = OverImage(11, "Conv", {"w"});
  builder.Zeros("w", {6, 4, 3, 5});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const auto& conv = std::get<ConvAttributes>(OnlyNode(graph, OpType::kConv).attributes);
  EXPECT_THAT(conv.window.kernel, ElementsAre(3, 5));
  EXPECT_THAT(conv.window.strides, ElementsAre(1, 1));
  EXPECT_THAT(conv.window.dilations, ElementsAre(1, 1));
  EXPECT_THAT(conv.window.pads_begin, ElementsAre(0, 0));
  EXPECT_THAT(conv.window.pads_end, ElementsAre(0, 0));
  EXPECT_EQ(conv.window.auto_pad, Window::AutoPad::kExplicit);
  EXPECT_EQ(conv.groups, 1);
}

TEST(ImportConv, ReadsEveryAttribute) {
  ModelBuilder builder = OverImage(11, "Conv", {"w", "b"});
  builder.Zeros("w", {6, 2, 3, 3}).Zeros("b", {6});
  onnx::NodeProto& node = LastNode(builder);
  Set(node, "kernel_shape", std::vector<int64_t>{3, 3});
  Set(node, "strides", std::vector<int64_t>{2, 1});
  Set(node, "dilations", std::vector<int64_t>{1, 2});
  Set(node, "pads", std::vector<int64_t>{1, 2, 3, 4});
  Set(node, "group", 2);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const Node& conv_node = OnlyNode(graph, OpType::kConv);
  const auto& conv = std::get<ConvAttributes>(conv_node.attributes);
  EXPECT_THAT(conv.window.strides, ElementsAre(2, 1));
  EXPECT_THAT(conv.window.dilations, ElementsAre(1, 2));
  EXPECT_THAT(conv.window.pads_begin, ElementsAre(1, 2));
  EXPECT_THAT(conv.window.pads_end, ElementsAre(3, 4));
  EXPECT_EQ(conv.groups, 2);
  EXPECT_THAT(conv_node.inputs, SizeIs(3));
}

struct AutoPadCase {
  const char* text;
  Window::AutoPad meaning;
};

class ImportAutoPad : public ::testing::TestWithParam<AutoPadCase> {};

TEST_P(ImportAutoPad, BecomesExplicitOrStaysOpenUntilTheSizeIsKnown) {
  ModelBuilder builder = OverImage(11, "MaxPool");
  Set(LastNode(builder), "kernel_shape", std::vector<int64_t>{3, 3});
  Set(LastNode(builder), "auto_pad", GetParam().text);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const auto& pool = std::get<PoolAttributes>(OnlyNode(graph, OpType::kMaxPool).attributes);
  EXPECT_EQ(pool.window.auto_pad, GetParam().meaning);
  EXPECT_THAT(pool.window.pads_begin, ElementsAre(0, 0));
}

INSTANTIATE_TEST_SUITE_P(Forms, ImportAutoPad,
                         ::testing::Values(AutoPadCase{"NOTSET", Window::AutoPad::kExplicit},
                                           AutoPadCase{"VALID", Window::AutoPad::kExplicit},
                                           AutoPadCase{"SAME_UPPER", Window::AutoPad::kSameUpper},
                                           AutoPadCase{"SAME_LOWER", Window::AutoPad::kSameLower}),
                         [](const auto& test) { return test.param.text; });

TEST(ImportPool, ReadsCeilModeDilationsAndOrderOfIndices) {
  ModelBuilder builder = OverImage(12, "MaxPool");
  onnx::NodeProto& node = LastNode(builder);
  node.add_output("indices");
  builder.Output("indices");
  Set(node, "kernel_shape", std::vector<int64_t>{2, 3});
  Set(node, "ceil_mode", 1);
  Set(node, "storage_order", 1);
  Set(node, "dilations", std::vector<int64_t>{2, 2});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const Node& pool_node = OnlyNode(graph, OpType::kMaxPool);
  const auto& pool = std::get<PoolAttributes>(pool_node.attributes);
  EXPECT_TRUE(pool.ceil_mode);
  EXPECT_TRUE(pool.column_major_indices);
  EXPECT_THAT(pool.window.dilations, ElementsAre(2, 2));
  EXPECT_THAT(pool_node.outputs, SizeIs(2));
}

TEST(ImportPool, LeavesOutIndicesThatNobodyReads) {
  ModelBuilder builder = OverImage(12, "MaxPool");
  LastNode(builder).add_output("indices");
  Set(LastNode(builder), "kernel_shape", std::vector<int64_t>{2, 2});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_THAT(OnlyNode(graph, OpType::kMaxPool).outputs, SizeIs(1));
}

TEST(ImportPool, NamesTheFirstOutputItselfWhereOnlyIndicesAreAsked) {
  ModelBuilder builder(12);
  builder.Input("x", {1, 1, 4, 4}).Output("value_1");
  Set(builder.Node("MaxPool", {"x"}, {"", "value_1"}), "kernel_shape", std::vector<int64_t>{2, 2});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_EQ(graph.outputs()[0].value, OnlyNode(graph, OpType::kMaxPool).outputs[1]);
}

TEST(ImportPool, CountsPaddingOnlyWhereAsked) {
  for (const int include : {0, 1}) {
    ModelBuilder builder = OverImage(7, "AveragePool");
    Set(LastNode(builder), "kernel_shape", std::vector<int64_t>{2, 2});
    Set(LastNode(builder), "count_include_pad", include);
    ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
    const auto& pool = std::get<PoolAttributes>(OnlyNode(graph, OpType::kAveragePool).attributes);
    EXPECT_EQ(pool.count_include_pad, include == 1);
  }
}

TEST(ImportGlobalPools, NeedNoAttributesAndAnyOperatorSet) {
  for (const int64_t opset : {1, 6, 17}) {
    EXPECT_THAT(OverImage(opset, "GlobalAveragePool").Import(), IsOk());
    EXPECT_THAT(OverImage(opset, "GlobalMaxPool").Import(), IsOk());
  }
}

TEST(ImportActivation, KeepsSlopes) {
  ModelBuilder builder = OverImage(6, "LeakyRelu");
  ASSERT_OK_AND_ASSIGN(const Graph by_default, builder.Import());
  Set(LastNode(builder), "alpha", 0.25F);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const auto activation = [](const Graph& of) {
    return std::get<ActivationAttributes>(OnlyNode(of, OpType::kLeakyRelu).attributes).activation;
  };
  EXPECT_EQ(activation(by_default), (Activation{.kind = Activation::Kind::kLeakyRelu, .slope = 0.01F}));
  EXPECT_EQ(activation(graph), (Activation{.kind = Activation::Kind::kLeakyRelu, .slope = 0.25F}));
}

TEST(ImportActivation, TakesReluAndSigmoidOfEveryOperatorSet) {
  for (const int64_t opset : {6, 13, 14, 17}) {
    EXPECT_THAT(OverImage(opset, "Relu").Import(), IsOk());
    EXPECT_THAT(OverImage(opset, "Sigmoid").Import(), IsOk());
  }
}

Activation ClipOf(const Graph& graph) {
  return std::get<ActivationAttributes>(OnlyNode(graph, OpType::kClip).attributes).activation;
}

TEST(ImportClip, TakesLimitsFromAttributesBeforeOperatorSet11) {
  ModelBuilder builder = OverImage(6, "Clip");
  Set(LastNode(builder), "max", 6.0F);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_EQ(ClipOf(graph), (Activation{.kind = Activation::Kind::kClip, .low = -kInfinity, .high = 6.0F}));
}

TEST(ImportClip, TakesLimitsFromConstantInputsSince) {
  ModelBuilder builder = OverImage(11, "Clip", {"", "high"});
  builder.Initializer(FloatTensor("high", {}, {6.0F}));
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_EQ(ClipOf(graph), (Activation{.kind = Activation::Kind::kClip, .low = -kInfinity, .high = 6.0F}));
  EXPECT_THAT(OnlyNode(graph, OpType::kClip).inputs, SizeIs(1));
}

TEST(ImportClip, RefusesLimitsThatFloat32CannotHold) {
  ModelBuilder builder = OverImage(12, "Clip", {"low"});
  builder.Initializer(Int64Tensor("low", {}, {(int64_t{1} << 40) + 1}));
  EXPECT_THAT(builder.Import(), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("float32 cannot hold")));
}

TEST(ImportSoftmax, FlattensBeforeOperatorSet13AndTakesOneAxisSince) {
  const auto softmax = [](int64_t opset) {
    return std::get<SoftmaxAttributes>(OnlyNode(*OverImage(opset, "Softmax").Import(), OpType::kSoftmax).attributes);
  };
  EXPECT_TRUE(softmax(12).flatten_to_2d);
  EXPECT_EQ(softmax(12).axis, 1);
  EXPECT_FALSE(softmax(13).flatten_to_2d);
  EXPECT_EQ(softmax(13).axis, -1);
}

TEST(ImportLrn, ReadsAllNumbers) {
  ModelBuilder builder = OverImage(13, "LRN");
  onnx::NodeProto& node = LastNode(builder);
  Set(node, "size", 3);
  Set(node, "alpha", 2.0F);
  Set(node, "beta", 0.5F);
  Set(node, "bias", 4.0F);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const auto& lrn = std::get<LrnAttributes>(OnlyNode(graph, OpType::kLrn).attributes);
  EXPECT_EQ(lrn.size, 3);
  EXPECT_EQ(lrn.alpha, 2.0F);
  EXPECT_EQ(lrn.beta, 0.5F);
  EXPECT_EQ(lrn.bias, 4.0F);
}

TEST(ImportGemm, ReadsAllFormsBackToOperatorSet6) {
  ModelBuilder builder(6);
  builder.Input("a", {4, 2}).Zeros("b", {3, 4}).Zeros("c", {3}).Output("y");
  onnx::NodeProto& node = builder.Node("Gemm", {"a", "b", "c"}, {"y"});
  Set(node, "broadcast", 1);
  Set(node, "alpha", 0.5F);
  Set(node, "beta", 2.0F);
  Set(node, "transA", 1);
  Set(node, "transB", 1);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const auto& gemm = std::get<GemmAttributes>(OnlyNode(graph, OpType::kGemm).attributes);
  EXPECT_EQ(gemm.alpha, 0.5F);
  EXPECT_EQ(gemm.beta, 2.0F);
  EXPECT_TRUE(gemm.transpose_a);
  EXPECT_TRUE(gemm.transpose_b);
}

TEST(ImportDropout, IsTheIdentityWithOrWithoutItsInputs) {
  for (const int64_t opset : {6, 7, 10}) EXPECT_THAT(OverImage(opset, "Dropout").Import(), IsOk());
  ModelBuilder builder = OverImage(13, "Dropout", {"ratio", "training"});
  builder.Initializer(FloatTensor("ratio", {}, {0.5F}));
  onnx::TensorProto no = Int64Tensor("training", {}, {});
  no.set_data_type(onnx::TensorProto::BOOL);
  no.add_int32_data(0);
  builder.Initializer(no);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_THAT(OnlyNode(graph, OpType::kDropout).inputs, SizeIs(1));
}

TEST(ImportDropout, KeepsAMaskThatIsRead) {
  ModelBuilder builder = OverImage(13, "Dropout");
  LastNode(builder).add_output("mask");
  builder.Output("mask");
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_THAT(OnlyNode(graph, OpType::kDropout).outputs, SizeIs(2));
}

TEST(ImportBatchNormalization, TakesInferenceOfEveryOperatorSet) {
  for (const int64_t opset : {6, 7, 9, 14, 15}) {
    ModelBuilder builder = OverImage(opset, "BatchNormalization", {"s", "b", "m", "v"});
    for (const char* name : {"s", "b", "m", "v"}) builder.Zeros(name, {4});
    Set(LastNode(builder), "epsilon", 0.5F);
    Set(LastNode(builder), "momentum", 0.9F);
    if (opset == 6) Set(LastNode(builder), "is_test", 1);
    if (opset < 9) Set(LastNode(builder), "spatial", 1);
    ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
    const Node& node = OnlyNode(graph, OpType::kBatchNormalization);
    EXPECT_EQ(std::get<BatchNormalizationAttributes>(node.attributes).epsilon, 0.5F) << opset;
  }
}

TEST(ImportDequantizeLinear, ReadsItsAxisWhereTheInputIsNoConstant) {
  ModelBuilder builder(13);
  builder.Input("x", {1, 4}, onnx::TensorProto::UINT8).Initializer(FloatTensor("scale", {4}, {1, 2, 3, 4})).Output("y");
  Set(builder.Node("DequantizeLinear", {"x", "scale"}, {"y"}), "axis", -1);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const Node& node = OnlyNode(graph, OpType::kDequantizeLinear);
  EXPECT_EQ(std::get<QuantizeAttributes>(node.attributes).axis, -1);
  EXPECT_EQ(graph.value(node.inputs[0]).type, DataType::kUInt8);
}

}  // namespace
}  // namespace onebyone::testing
