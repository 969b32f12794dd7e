// What a file says of the graph as a whole: order, names, inputs, outputs, versions.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "tests/import/model_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

ModelBuilder Chain(const std::vector<std::pair<std::string, std::string>>& steps) {
  ModelBuilder builder;
  builder.Input("x", {1, 3, 4, 4}).Output("y");
  for (const auto& [from, to] : steps) builder.Node("Relu", {from}, {to});
  return builder;
}

TEST(ImportOrder, SortsNodesThatTheFileHasOutOfOrder) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Chain({{"b", "y"}, {"a", "b"}, {"x", "a"}}).Import());
  std::vector<std::string> outputs;
  for (const NodeId id : graph.NodeIds()) outputs.push_back(graph.value(graph.node(id).outputs[0]).name);
  EXPECT_EQ(outputs, (std::vector<std::string>{"a", "b", "y"}));
}

TEST(ImportOrder, RefusesACycleAndNamesANodeOfIt) {
  EXPECT_THAT(Chain({{"b", "a"}, {"a", "b"}, {"x", "y"}}).Import(),
              StatusIs(kInvalid, AllOf(HasSubstr("cycle"), HasSubstr("node '"), HasSubstr("(Relu)"))));
  EXPECT_THAT(Chain({{"y", "y"}}).Import(), StatusIs(kInvalid, HasSubstr("cycle")));
}

TEST(ImportOrder, TakesAVeryLongChainBackwards) {
  std::vector<std::pair<std::string, std::string>> steps = {{"v50000", "y"}};
  for (int i = 50'000; i > 0; --i) steps.emplace_back(i == 1 ? "x" : absl::StrCat("v", i - 1), absl::StrCat("v", i));
  ASSERT_OK_AND_ASSIGN(const Graph graph, Chain(steps).Import());
  EXPECT_EQ(graph.node_count(), 50'001);
}

TEST(ImportNames, RefusesWhatIsDefinedTwice) {
  EXPECT_THAT(Chain({{"x", "y"}, {"x", "y"}}).Import(), StatusIs(kInvalid, HasSubstr("'y', which is defined already")));
  EXPECT_THAT(Chain({{"y", "x"}, {"x", "y"}}).Import(), StatusIs(kInvalid, HasSubstr("'x', which is defined already")));
  ModelBuilder initializers = Chain({{"x", "y"}});
  initializers.Zeros("w", {1}).Zeros("w", {2});
  EXPECT_THAT(initializers.Import(), StatusIs(kInvalid, HasSubstr("'w' is defined twice")));
  ModelBuilder inputs = Chain({{"x", "y"}});
  inputs.Input("x", {1});
  EXPECT_THAT(inputs.Import(), StatusIs(kInvalid, HasSubstr("'x' is defined twice")));
}

TEST(ImportNames, RefusesWhatNothingDefines) {
  EXPECT_THAT(Chain({{"nowhere", "y"}}).Import(),
              StatusIs(kInvalid, HasSubstr("reads 'nowhere', which nothing defines")));
  EXPECT_THAT(Chain({{"x", "z"}}).Import(), StatusIs(kInvalid, HasSubstr("output 'y': nothing defines it")));
}

TEST(ImportNames, KeepsTheNamesOfValues) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Chain({{"x", "inception_3a/output"}, {"inception_3a/output", "y"}}).Import());
  EXPECT_NE(graph.FindValue("inception_3a/output"), kNoValue);
}

TEST(ImportNames, MakesNamesInMessagesLegible) {
  const std::string hostile = absl::StrCat("\x1b[31m", std::string(100'000, 'a'));
  const absl::Status status = Chain({{hostile, "y"}}).Import().status();
  EXPECT_THAT(status, StatusIs(kInvalid, HasSubstr("\\033[31m")));
  EXPECT_LT(status.message().size(), 1000);
}

TEST(ImportInputs, KeepTheirOrderAndFreeExtents) {
  ModelBuilder builder = Chain({{"x", "y"}});
  builder.Input("mask", {-1, 3, -1, 2}, onnx::TensorProto::FLOAT16);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  ASSERT_THAT(graph.inputs(), SizeIs(2));
  EXPECT_EQ(graph.value(graph.inputs()[0]).name, "x");
  EXPECT_EQ(graph.value(graph.inputs()[0]).shape, Shape({1, 3, 4, 4}));
  EXPECT_EQ(graph.value(graph.inputs()[1]).type, DataType::kFloat16);
  EXPECT_EQ(graph.value(graph.inputs()[1]).shape, Shape({Shape::kUnknown, 3, Shape::kUnknown, 2}));
}

TEST(ImportInputs, MayHaveNoShapeAtAll) {
  ModelBuilder builder = Chain({{"x", "y"}});
  builder.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_FALSE(graph.value(graph.inputs()[0]).has_shape);
}

TEST(ImportInputs, ReadMinusOneAsAFreeExtentAndRefuseOtherNegativeOnes) {
  ModelBuilder builder = Chain({{"x", "y"}});
  auto* dimension =
      builder.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(0);
  dimension->set_dim_value(-1);
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_EQ(graph.value(graph.inputs()[0]).shape[0], Shape::kUnknown);
  dimension->set_dim_value(-2);
  EXPECT_THAT(builder.Import(), StatusIs(kInvalid, HasSubstr("input 'x'")));
  dimension->set_dim_value(int64_t{1} << 50);
  EXPECT_THAT(builder.Import(), StatusIs(kInvalid, HasSubstr("input 'x'")));
}

TEST(ImportInputs, AreConstantsWhereTheyAreInitializersToo) {
  ModelBuilder builder(9);
  builder.model().set_ir_version(3);
  builder.Input("x", {1, 3, 4, 4}).Input("w", {2, 3, 1, 1}).Zeros("w", {2, 3, 1, 1}).Output("y");
  builder.Node("Conv", {"x", "w"}, {"y"});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_THAT(graph.inputs(), SizeIs(1));
  EXPECT_NE(graph.ConstantOf(graph.FindValue("w")), nullptr);
}

TEST(ImportInputs, RefuseBoundTensorsThatDoNotFit) {
  ModelBuilder builder = Chain({{"x", "y"}});
  OnnxImportOptions options;
  options.bound_inputs["x"] = Tensor();  // [0], not [1, 3, 4, 4]
  EXPECT_THAT(builder.Import(options), StatusIs(kInvalid, AllOf(HasSubstr("'x'"), HasSubstr("[1, 3, 4, 4]"))));
  options.bound_inputs.clear();
  options.bound_inputs["z"] = Tensor();
  EXPECT_THAT(builder.Import(options), StatusIs(kInvalid, HasSubstr("'z': the graph has no such input")));
}

TEST(ImportOutputs, ComeInOrderWhateverProducesThem) {
  ModelBuilder builder;
  builder.Input("x", {1, 3, 4, 4}).Zeros("w", {2}).Output("dropped").Output("x").Output("w").Output("folded");
  builder.Node("Dropout", {"x"}, {"dropped"});
  builder.Node("Identity", {"w"}, {"folded"});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  std::vector<std::string> names;
  for (const Graph::Output& output : graph.outputs()) {
    names.push_back(output.name);
    EXPECT_EQ(graph.value(output.value).name, output.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"dropped", "x", "w", "folded"}));
}

TEST(ImportOutputs, MustBeThereAndOnce) {
  ModelBuilder none;
  none.Input("x", {1});
  EXPECT_THAT(none.Import(), StatusIs(kInvalid, HasSubstr("outputs, got none")));
  ModelBuilder twice = Chain({{"x", "y"}});
  twice.Output("y");
  EXPECT_THAT(twice.Import(), StatusIs(kInvalid, HasSubstr("'y' is listed twice")));
}

TEST(ImportLimits, RefuseTooManyNodes) {
  ModelBuilder builder = Chain({{"x", "a"}, {"a", "b"}, {"b", "y"}});
  OnnxImportOptions options;
  options.max_nodes = 2;
  EXPECT_THAT(builder.Import(options), StatusIs(kInvalid, HasSubstr("at most 2 nodes, got 3")));
}

TEST(ImportVersions, TakeOperatorSets6To17) {
  for (int64_t opset = 6; opset <= 17; ++opset) {
    ModelBuilder builder(opset);
    builder.Input("x", {1, 3}).Output("y").Node("Relu", {"x"}, {"y"});
    EXPECT_THAT(builder.Import(), IsOk()) << opset;
  }
}

TEST(ImportVersions, RefuseOthersByNumber) {
  for (const int64_t opset : {-1, 0, 18, 1000}) {
    ModelBuilder builder(opset);
    builder.Input("x", {1, 3}).Output("y").Node("Relu", {"x"}, {"y"});
    EXPECT_THAT(builder.Import(),
                StatusIs(absl::StatusCode::kUnimplemented, HasSubstr(absl::StrCat("operator set ", opset))));
  }
}

TEST(ImportVersions, RefuseOldOperatorsThatHaveChangedSince) {
  ModelBuilder builder(5);
  builder.Input("x", {1, 3}).Output("y").Node("Relu", {"x"}, {"y"});
  EXPECT_THAT(builder.Import(), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("Relu of operator set 5")));
}

TEST(ImportVersions, KnowTheDefaultDomainByBothItsNames) {
  ModelBuilder builder = Chain({{"x", "y"}});
  builder.model().mutable_opset_import(0)->set_domain("ai.onnx");
  builder.graph().mutable_node(0)->set_domain("ai.onnx");
  EXPECT_THAT(builder.Import(), IsOk());
}

TEST(ImportVersions, MustNameTheDefaultDomain) {
  ModelBuilder builder = Chain({{"x", "y"}});
  builder.model().mutable_opset_import(0)->set_domain("com.example");
  EXPECT_THAT(builder.Import(), StatusIs(kInvalid, HasSubstr("opset_import")));
}

TEST(ImportFile, TellsThePathInErrors) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/import_file_test.onnx");
  EXPECT_THAT(ImportOnnxFile(path + ".missing"), StatusIs(absl::StatusCode::kNotFound, HasSubstr(path)));
  ASSERT_THAT(WriteFile(path, "no model at all"), IsOk());
  EXPECT_THAT(ImportOnnxFile(path), StatusIs(kInvalid, StartsWith(path)));
  ASSERT_THAT(WriteFile(path, Chain({{"x", "y"}, {"x", "y"}}).Serialize()), IsOk());
  EXPECT_THAT(ImportOnnxFile(path), StatusIs(kInvalid, StartsWith(path)));
  ASSERT_THAT(WriteFile(path, Chain({{"x", "y"}}).Serialize()), IsOk());
  EXPECT_THAT(ImportOnnxFile(path), IsOk());
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace onebyone::testing
