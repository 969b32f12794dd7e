// Nodes whose inputs are all constant are computed at import.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>
#include <vector>

#include "tests/import/model_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Folding, DequantizesWeights) {
  ModelBuilder builder(13);
  builder.Input("x", {1, 1, 4, 4}).Output("y");
  onnx::TensorProto quantized = Int64Tensor("q", {2, 1, 1, 1}, {});
  quantized.set_data_type(onnx::TensorProto::INT8);
  quantized.add_int32_data(10);
  quantized.add_int32_data(-20);
  onnx::TensorProto zero = Int64Tensor("zero", {2}, {});
  zero.set_data_type(onnx::TensorProto::INT8);
  zero.add_int32_data(0);
  zero.add_int32_data(5);
  builder.Initializer(quantized).Initializer(FloatTensor("scale", {2}, {0.5F, 2.0F})).Initializer(zero);
  Set(builder.Node("DequantizeLinear", {"q", "scale", "zero"}, {"w"}), "axis", 0);
  builder.Node("Conv", {"x", "w"}, {"y"});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_EQ(graph.node_count(), 1);
  EXPECT_THAT(ConstantElements(graph, "w"), ElementsAre(5.0, -50.0));
  EXPECT_THAT(std::get<ConvAttributes>(OnlyNode(graph, OpType::kConv).attributes).window.kernel, ElementsAre(1, 1));
}

TEST(Folding, ComputesTheShapeOfAReshape) {
  ModelBuilder builder(13);
  builder.Input("x", {1, 4, 2, 2}).Output("y");
  builder.Initializer(Int64Tensor("batch", {1}, {1})).Initializer(Int64Tensor("rest", {1}, {-1}));
  Set(builder.Node("Concat", {"batch", "rest"}, {"shape"}), "axis", 0);
  builder.Node("Reshape", {"x", "shape"}, {"y"});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_THAT(std::get<ReshapeAttributes>(OnlyNode(graph, OpType::kReshape).attributes).shape, ElementsAre(1, -1));
}

TEST(Folding, SharesMemoryWhereOnlyTheShapeChanges) {
  ModelBuilder builder(13);
  builder.Zeros("w", {2, 8}).Initializer(Int64Tensor("shape", {2}, {4, 4})).Output("same").Output("other");
  builder.Node("Identity", {"w"}, {"same"});
  builder.Node("Reshape", {"w", "shape"}, {"other"});
  OnnxImportOptions options;
  options.max_constant_bytes = 64 + 16;  // the weights once, and the shape
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import(options));
  const void* weights = graph.ConstantOf(graph.FindValue("w"))->data();
  EXPECT_EQ(graph.ConstantOf(graph.FindValue("same"))->data(), weights);
  EXPECT_EQ(graph.ConstantOf(graph.FindValue("other"))->data(), weights);
  EXPECT_EQ(graph.value(graph.FindValue("other")).shape, Shape({4, 4}));
}

TEST(Folding, LeavesToRunTimeWhatWouldKeepTheImporterBusy) {
  ModelBuilder builder(13);
  builder.Initializer(Int64Tensor("shape", {2}, {4000, 4000})).Output("product");
  builder.Node("ConstantOfShape", {"shape"}, {"a"});
  builder.Node("MatMul", {"a", "a"}, {"product"});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_EQ(graph.NodesOf(OpType::kMatMul).size(), 1);
}

TEST(Folding, LeavesAWindowOfHostileSizeToRunTime) {
  ModelBuilder builder(12);
  builder.Zeros("x", {1, 1, 4, 4}).Output("y");
  onnx::NodeProto& pool = builder.Node("AveragePool", {"x"}, {"y"});
  Set(pool, "kernel_shape", std::vector<int64_t>{30'000, 30'000});
  Set(pool, "pads", std::vector<int64_t>{15'000, 15'000, 15'000, 15'000});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_EQ(graph.NodesOf(OpType::kAveragePool).size(), 1);
}

TEST(Folding, RefusesConstantsThatDoNotFitTheirOperator) {
  ModelBuilder builder(13);
  builder.Zeros("a", {2, 3}).Zeros("b", {4, 5}).Output("y");
  builder.Node("MatMul", {"a", "b"}, {"y"});
  EXPECT_THAT(builder.Import(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'y'")));
}

// -- Add and Mul before operator set 7.

TEST(OldBroadcast, PutsAConstantAlongTheNamedAxis) {
  ModelBuilder builder(6);
  builder.Input("x", {-1, 3, 8, 8}).Zeros("b", {3}).Output("y");
  onnx::NodeProto& add = builder.Node("Add", {"x", "b"}, {"y"});
  Set(add, "broadcast", 1);
  Set(add, "axis", 1);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const Value& operand = graph.value(OnlyNode(graph, OpType::kAdd).inputs[1]);
  EXPECT_EQ(operand.shape, Shape({3, 1, 1}));
  EXPECT_NE(operand.constant, nullptr);
}

TEST(OldBroadcast, PutsAComputedOperandAlongTheNamedAxis) {
  ModelBuilder builder(6);
  builder.Input("x", {-1, 3, 8, 8}).Input("s", {3}).Zeros("w", {5, 3, 1, 1}).Output("y");
  builder.Node("Relu", {"s"}, {"positive"});
  builder.Node("Relu", {"x"}, {"image"});
  onnx::NodeProto& mul = builder.Node("Mul", {"image", "positive"}, {"y"});
  Set(mul, "broadcast", 1);
  Set(mul, "axis", 1);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const Node& unsqueeze = OnlyNode(graph, OpType::kUnsqueeze);
  EXPECT_THAT(std::get<AxesAttributes>(unsqueeze.attributes).axes, ElementsAre(1, 2));
  EXPECT_EQ(OnlyNode(graph, OpType::kMul).inputs[1], unsqueeze.outputs[0]);
}

TEST(OldBroadcast, LeavesTrailingAxesAsTheyAre) {
  ModelBuilder builder(6);
  builder.Input("x", {2, 3, 4}).Zeros("b", {3, 4}).Output("y");
  onnx::NodeProto& add = builder.Node("Add", {"x", "b"}, {"y"});
  Set(add, "broadcast", 1);
  Set(add, "axis", 1);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_EQ(OnlyNode(graph, OpType::kAdd).inputs[1], graph.FindValue("b"));
}

TEST(OldBroadcast, RefusesAxesThatLeaveNoRoom) {
  ModelBuilder builder(6);
  builder.Input("x", {2, 3, 4}).Zeros("b", {3, 4}).Output("y");
  onnx::NodeProto& add = builder.Node("Add", {"x", "b"}, {"y"});
  Set(add, "broadcast", 1);
  Set(add, "axis", 2);
  EXPECT_THAT(builder.Import(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'axis'")));
}

}  // namespace
}  // namespace onebyone::testing
