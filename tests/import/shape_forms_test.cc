// Which attributes the operators become that move elements about, in all their forms.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>
#include <vector>

#include "tests/import/model_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(ImportReshape, TakesTheShapeFromAConstant) {
  ModelBuilder builder = OverImage(14, "Reshape", {"shape"});
  builder.Initializer(Int64Tensor("shape", {3}, {0, -1, 16}));
  Set(LastNode(builder), "allowzero", 0);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const Node& node = OnlyNode(graph, OpType::kReshape);
  EXPECT_THAT(std::get<ReshapeAttributes>(node.attributes).shape, ElementsAre(0, -1, 16));
  EXPECT_FALSE(std::get<ReshapeAttributes>(node.attributes).allow_zero);
  EXPECT_THAT(node.inputs, SizeIs(1));
}

TEST(ImportReshape, TakesTheShapeFromABoundInput) {
  ModelBuilder builder = OverImage(14, "Reshape", {"shape"});
  builder.Input("shape", {1}, onnx::TensorProto::INT64);
  ASSERT_OK_AND_ASSIGN(Tensor shape, Tensor::Create(DataType::kInt64, {1}));
  *shape.As<int64_t>() = 256;
  OnnxImportOptions options;
  options.bound_inputs["shape"] = shape;
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import(options));
  EXPECT_THAT(std::get<ReshapeAttributes>(OnlyNode(graph, OpType::kReshape).attributes).shape, ElementsAre(256));
  EXPECT_THAT(graph.inputs(), SizeIs(1));
}

TEST(ImportSqueeze, TakesAxesFromTheAttributeOrTheInput) {
  ModelBuilder old_form = OverImage(11, "Squeeze");
  Set(LastNode(old_form), "axes", std::vector<int64_t>{0});
  ModelBuilder new_form = OverImage(13, "Squeeze", {"axes"});
  new_form.Initializer(Int64Tensor("axes", {1}, {0}));
  ModelBuilder without = OverImage(13, "Squeeze");
  const auto axes = [](ModelBuilder& builder) {
    return std::get<AxesAttributes>(OnlyNode(*builder.Import(), OpType::kSqueeze).attributes).axes;
  };
  EXPECT_THAT(axes(old_form), ElementsAre(0));
  EXPECT_THAT(axes(new_form), ElementsAre(0));
  EXPECT_THAT(axes(without), IsEmpty());
}

TEST(ImportUnsqueeze, TakesAxesFromTheAttributeOrTheInput) {
  ModelBuilder old_form = OverImage(11, "Unsqueeze");
  Set(LastNode(old_form), "axes", std::vector<int64_t>{0, 5});
  ModelBuilder new_form = OverImage(13, "Unsqueeze", {"axes"});
  new_form.Initializer(Int64Tensor("axes", {2}, {0, 5}));
  for (ModelBuilder* builder : {&old_form, &new_form}) {
    ASSERT_OK_AND_ASSIGN(const Graph graph, builder->Import());
    EXPECT_THAT(std::get<AxesAttributes>(OnlyNode(graph, OpType::kUnsqueeze).attributes).axes, ElementsAre(0, 5));
  }
}

TEST(ImportPad, TakesPadsFromTheAttributeBeforeOperatorSet11) {
  ModelBuilder builder = OverImage(2, "Pad");
  Set(LastNode(builder), "pads", std::vector<int64_t>{0, 0, 1, 2, 0, 0, 3, 4});
  Set(LastNode(builder), "value", 1.5F);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const auto& pad = std::get<PadAttributes>(OnlyNode(graph, OpType::kPad).attributes);
  EXPECT_THAT(pad.begin, ElementsAre(0, 0, 1, 2));
  EXPECT_THAT(pad.end, ElementsAre(0, 0, 3, 4));
  EXPECT_EQ(pad.value, 1.5F);
  EXPECT_EQ(pad.mode, PadAttributes::Mode::kConstant);
}

TEST(ImportPad, TakesPadsFromAConstantInputSinceAndKeepsTheValueAsInput) {
  ModelBuilder builder = OverImage(13, "Pad", {"pads", "value"});
  builder.Initializer(Int64Tensor("pads", {8}, {0, 0, 1, -1, 0, 0, 1, -1}));
  builder.Initializer(FloatTensor("value", {}, {3.0F}));
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  const Node& node = OnlyNode(graph, OpType::kPad);
  EXPECT_THAT(std::get<PadAttributes>(node.attributes).begin, ElementsAre(0, 0, 1, -1));
  EXPECT_THAT(node.inputs, ElementsAre(graph.FindValue("x"), graph.FindValue("value")));
}

TEST(ImportPad, KnowsItsModes) {
  const auto mode = [](const char* text) {
    ModelBuilder builder = OverImage(2, "Pad");
    Set(LastNode(builder), "pads", std::vector<int64_t>(8, 1));
    Set(LastNode(builder), "mode", text);
    return std::get<PadAttributes>(OnlyNode(*builder.Import(), OpType::kPad).attributes).mode;
  };
  EXPECT_EQ(mode("constant"), PadAttributes::Mode::kConstant);
  EXPECT_EQ(mode("reflect"), PadAttributes::Mode::kReflect);
  EXPECT_EQ(mode("edge"), PadAttributes::Mode::kEdge);
}

TEST(ImportOther, ReadsAxesAndTypes) {
  ModelBuilder transpose = OverImage(13, "Transpose");
  Set(LastNode(transpose), "perm", std::vector<int64_t>{0, 2, 3, 1});
  EXPECT_THAT(std::get<TransposeAttributes>(OnlyNode(*transpose.Import(), OpType::kTranspose).attributes).permutation,
              ElementsAre(0, 2, 3, 1));
  ModelBuilder concat = OverImage(13, "Concat", {"x"});
  Set(LastNode(concat), "axis", -3);
  EXPECT_EQ(std::get<AxisAttributes>(OnlyNode(*concat.Import(), OpType::kConcat).attributes).axis, -3);
  ModelBuilder flatten = OverImage(11, "Flatten");
  Set(LastNode(flatten), "axis", -1);
  EXPECT_EQ(std::get<FlattenAttributes>(OnlyNode(*flatten.Import(), OpType::kFlatten).attributes).axis, -1);
  ModelBuilder cast = OverImage(9, "Cast");
  Set(LastNode(cast), "to", static_cast<int64_t>(onnx::TensorProto::FLOAT16));
  EXPECT_EQ(std::get<CastAttributes>(OnlyNode(*cast.Import(), OpType::kCast).attributes).to, DataType::kFloat16);
  ModelBuilder mean = OverImage(13, "ReduceMean");
  Set(LastNode(mean), "axes", std::vector<int64_t>{2, 3});
  Set(LastNode(mean), "keepdims", 0);
  const auto reduced = std::get<ReduceMeanAttributes>(OnlyNode(*mean.Import(), OpType::kReduceMean).attributes);
  EXPECT_THAT(reduced.axes, ElementsAre(2, 3));
  EXPECT_FALSE(reduced.keep_dims);
}

}  // namespace
}  // namespace onebyone::testing
