// Networks that other software has quantized.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/graph/shape_inference.h"
#include "tests/import/model_builder.h"
#include "tests/testing/reference_interpreter.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

onnx::TensorProto Integers(const std::string& name, int32_t type, const std::vector<int64_t>& dims,
                           const std::vector<int32_t>& elements) {
  onnx::TensorProto tensor = Int64Tensor(name, dims, {});
  tensor.set_data_type(type);
  tensor.mutable_int32_data()->Add(elements.begin(), elements.end());
  return tensor;
}

// x [1, 2, 1, 1] in steps of 0.5 -> QLinearConv -> q, in steps of 0.125
ModelBuilder PointwiseConv() {
  ModelBuilder builder(13);
  builder.Input("x", {1, 2, 1, 1}).Output("q");
  builder.Initializer(FloatTensor("x_scale", {}, {0.5F}))
      .Initializer(Integers("x_zero", onnx::TensorProto::UINT8, {}, {3}))
      .Initializer(Integers("w", onnx::TensorProto::INT8, {2, 2, 1, 1}, {4, -8, 2, 1}))
      .Initializer(FloatTensor("w_scale", {2}, {0.25F, 0.5F}))
      .Initializer(Integers("w_zero", onnx::TensorProto::INT8, {2}, {0, 0}))
      .Initializer(FloatTensor("q_scale", {}, {0.125F}))
      .Initializer(Integers("q_zero", onnx::TensorProto::UINT8, {}, {10}));
  builder.Node("QuantizeLinear", {"x", "x_scale", "x_zero"}, {"xq"});
  return builder;
}

std::vector<std::string> Operands() {
  return {"xq", "x_scale", "x_zero", "w", "w_scale", "w_zero", "q_scale", "q_zero"};
}

std::vector<int> BytesOf(Graph graph) {
  EXPECT_THAT(InferShapes(graph), IsOk());
  Tensor x = *Tensor::Create(DataType::kFloat32, {1, 2, 1, 1});
  x.As<float>()[0] = 1.0F;
  x.As<float>()[1] = -0.5F;
  std::vector<Tensor> inputs;
  inputs.push_back(std::move(x));
  const auto results = RunGraph(graph, inputs);
  EXPECT_THAT(results, IsOk());
  if (!results.ok()) return {};
  const auto* bytes = results->front().As<uint8_t>();
  return {bytes, bytes + results->front().elements()};
}

// [1, -2; 1, 0.5] x (1, -0.5), in steps of 0.125 from 10 on.
TEST(ImportQLinearConv, ComputesWithTheScaleOfEachChannel) {
  ModelBuilder builder = PointwiseConv();
  builder.Node("QLinearConv", Operands(), {"q"});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_THAT(BytesOf(graph), ElementsAre(10 + 16, 10 + 6));
}

// Of a bias the unit is the scale of the input times that of the channel's weights: 4 is 0.5, -2 is -0.5.
TEST(ImportQLinearConv, TakesTheBiasInUnitsOfBothScales) {
  ModelBuilder builder = PointwiseConv();
  builder.Initializer(Integers("b", onnx::TensorProto::INT32, {2}, {4, -2}));
  std::vector<std::string> operands = Operands();
  operands.push_back("b");
  builder.Node("QLinearConv", operands, {"q"});
  ASSERT_OK_AND_ASSIGN(const Graph graph, builder.Import());
  EXPECT_THAT(BytesOf(graph), ElementsAre(10 + 20, 10 + 2));
}

TEST(ImportQLinearConv, RefusesABiasThatItCannotScale) {
  const std::vector<onnx::TensorProto> biases = {FloatTensor("b", {2}, {4, -2}),
                                                 Integers("b", onnx::TensorProto::INT32, {1, 2}, {4, -2}),
                                                 Integers("b", onnx::TensorProto::INT32, {3}, {4, -2, 1})};
  for (const onnx::TensorProto& bias : biases) {
    ModelBuilder builder = PointwiseConv();
    builder.Initializer(bias);
    std::vector<std::string> operands = Operands();
    operands.push_back("b");
    builder.Node("QLinearConv", operands, {"q"});
    EXPECT_THAT(builder.Import(), StatusIs(absl::StatusCode::kInvalidArgument,
                                           AllOf(HasSubstr("node 'q'"), HasSubstr("bias: want int32 [K]"))));
  }
}

TEST(ImportQLinearConv, RefusesAScaleThatIsNoFloatBesideABias) {
  ModelBuilder builder = PointwiseConv();
  builder.Initializer(Integers("b", onnx::TensorProto::INT32, {2}, {4, -2}));
  std::vector<std::string> operands = Operands();
  operands[1] = "w_zero";
  operands.push_back("b");
  builder.Node("QLinearConv", operands, {"q"});
  EXPECT_THAT(builder.Import(), StatusIs(absl::StatusCode::kInvalidArgument,
                                         AllOf(HasSubstr("node 'q'"),
                                               HasSubstr("scale of the input: want float32 elements, got int8 [2]"))));
}

// y = QuantizeLinear(x [1, 4, 8, 8], scale, zero)
absl::Status Quantized(const onnx::TensorProto& scale, const onnx::TensorProto& zero) {
  ModelBuilder builder = OverImage(13, "QuantizeLinear", {"scale", "zero"});
  builder.Initializer(scale).Initializer(zero);
  absl::StatusOr<Graph> graph = builder.Import();
  return graph.ok() ? InferShapes(*graph) : graph.status();
}

TEST(ImportQuantizeLinear, RefusesScalesAndZeroPointsThatFitNoAxis) {
  constexpr auto kBytes = onnx::TensorProto::UINT8;
  const onnx::TensorProto zero = Integers("zero", kBytes, {}, {3});
  EXPECT_THAT(Quantized(FloatTensor("scale", {}, {0.5F}), zero), IsOk());
  const std::vector<std::pair<absl::Status, const char*>> cases = {
      {Quantized(FloatTensor("scale", {2, 2}, {1, 1, 1, 1}), zero), "scale: want a scalar or one axis, got [2, 2]"},
      {Quantized(FloatTensor("scale", {3}, {1, 1, 1}), zero), "scale: want one element or 4 as on axis 1, got 3"},
      {Quantized(FloatTensor("scale", {4}, {1, 1, 1, 1}), zero), "zero point: want the shape of the scale, [4]"},
      {Quantized(FloatTensor("scale", {}, {1}), Integers("zero", onnx::TensorProto::INT32, {}, {3})),
       "zero point: want uint8 or int8, got int32"}};
  for (const auto& [status, message] : cases) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("'y'"), HasSubstr(message))));
  }
}

}  // namespace
}  // namespace onebyone::testing
