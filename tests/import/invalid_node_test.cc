// What no operator can have is refused, with the node's name.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/import/model_builder.h"
#include "tests/testing/status_matchers.h"

namespace onebyone::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

struct InvalidCase {
  const char* name;
  int64_t opset;
  std::function<void(ModelBuilder&)> add;
  const char* message;
};

class InvalidNode : public ::testing::TestWithParam<InvalidCase> {};

TEST_P(InvalidNode, IsRefusedAndNamed) {
  ModelBuilder builder(GetParam().opset);
  builder.Input("x", {1, 4, 8, 8}).Zeros("w", {6, 4, 3, 3}).Output("y");
  GetParam().add(builder);
  EXPECT_THAT(builder.Import(), StatusIs(kInvalid, AllOf(HasSubstr("node 'y'"), HasSubstr(GetParam().message))));
}

std::function<void(ModelBuilder&)> ConvWith(const char* name, std::vector<int64_t> numbers) {
  return [name, numbers](ModelBuilder& m) { Set(m.Node("Conv", {"x", "w"}, {"y"}), name, numbers); };
}

std::function<void(ModelBuilder&)> ReshapeTo(const onnx::TensorProto& shape) {
  return [shape](ModelBuilder& m) {
    m.Initializer(shape);
    m.Node("Reshape", {"x", shape.name()}, {"y"});
  };
}

std::function<void(ModelBuilder&)> Plain(const char* op, std::vector<std::string> inputs,
                                         std::vector<std::string> outputs) {
  return [=](ModelBuilder& m) { m.Node(op, inputs, outputs).set_name("y"); };
}

INSTANTIATE_TEST_SUITE_P(
    Forms, InvalidNode,
    ::testing::Values(
        InvalidCase{"TooFewInputs", 13, Plain("Conv", {"x"}, {"y"}), "inputs: want 2 to 3, got 1"},
        InvalidCase{"TooManyInputs", 13, Plain("Relu", {"x", "x"}, {"y"}), "inputs: want 1, got 2"},
        InvalidCase{"AbsentInput", 13, Plain("Conv", {"", "w"}, {"y"}), "input 0: want one, got none"},
        InvalidCase{"TooManyOutputs", 13, Plain("Relu", {"x"}, {"y", "z"}), "outputs: want 1, got 2"},
        InvalidCase{"NoOutputs", 13, Plain("Relu", {"x"}, {""}), "outputs: want 1, got 0"},
        InvalidCase{"NoOperands", 13, Plain("Sum", {}, {"y"}), "inputs: want"},
        InvalidCase{"NegativePads", 13, ConvWith("pads", {-1, 0, 0, 0}), "'pads': want numbers from 0"},
        InvalidCase{"ZeroStride", 13, ConvWith("strides", {0, 1}), "'strides': want numbers from 1"},
        InvalidCase{"HugeDilation", 13, ConvWith("dilations", {int64_t{1} << 40, 1}), "'dilations': want numbers"},
        InvalidCase{"ShortPads", 13, ConvWith("pads", {1, 1}), "'pads': want 4 numbers"},
        InvalidCase{"LongKernel", 13, ConvWith("kernel_shape", {3, 3, 3}), "'kernel_shape': want 2 numbers"},
        InvalidCase{"ManyStrides", 13, ConvWith("strides", std::vector<int64_t>(1000, 1)), "at most 64"},
        InvalidCase{"NoGroups", 13, [](ModelBuilder& m) { Set(m.Node("Conv", {"x", "w"}, {"y"}), "group", 0); },
                    "'group': want 1 or more, got 0"},
        InvalidCase{"WrongAttributeType", 13,
                    [](ModelBuilder& m) { Set(m.Node("Conv", {"x", "w"}, {"y"}), "group", 1.0F); },
                    "attribute 'group': want INT, got FLOAT"},
        InvalidCase{"AttributeTwice", 13,
                    [](ModelBuilder& m) {
                      onnx::NodeProto& conv = m.Node("Conv", {"x", "w"}, {"y"});
                      Set(conv, "group", 1);
                      Set(conv, "group", 2);
                    },
                    "'group' occurs twice"},
        InvalidCase{"PadsBesideAutoPad", 13,
                    [](ModelBuilder& m) {
                      onnx::NodeProto& conv = m.Node("Conv", {"x", "w"}, {"y"});
                      Set(conv, "pads", std::vector<int64_t>{1, 1, 1, 1});
                      Set(conv, "auto_pad", "SAME_UPPER");
                    },
                    "'pads': want none beside auto_pad"},
        InvalidCase{"PoolWithoutKernel", 13, Plain("MaxPool", {"x"}, {"y"}), "'kernel_shape': want one, got none"},
        InvalidCase{"ConcatWithoutAxis", 13, Plain("Concat", {"x", "x"}, {"y"}), "'axis': want one, got none"},
        InvalidCase{"AxisOutOfRange", 13,
                    [](ModelBuilder& m) { Set(m.Node("Concat", {"x", "x"}, {"y"}), "axis", 1000); }, "axes: want -32"},
        InvalidCase{"LrnWithoutSize", 13, Plain("LRN", {"x"}, {"y"}), "'size': want one, got none"},
        InvalidCase{"NoPermutation", 13,
                    [](ModelBuilder& m) {
                      Set(m.Node("Transpose", {"x"}, {"y"}), "perm", std::vector<int64_t>{0, 1, 1, 3});
                    },
                    "'perm': want each axis"},
        InvalidCase{"TwoOpenExtents", 13, ReshapeTo(Int64Tensor("s", {2}, {-1, -1})), "one of them -1"},
        InvalidCase{"ShapeOfFloats", 13, ReshapeTo(FloatTensor("s", {1}, {256.0F})), "want int64 elements, got float32"},
        InvalidCase{"ShapeOfRank2", 13, ReshapeTo(Int64Tensor("s", {1, 2}, {1, 256})), "want a list"},
        InvalidCase{"OddPads", 13,
                    [](ModelBuilder& m) {
                      m.Initializer(Int64Tensor("p", {3}, {1, 1, 1}));
                      m.Node("Pad", {"x", "p"}, {"y"});
                    },
                    "pads: want two for each axis"},
        InvalidCase{"LimitOfTwoElements", 13,
                    [](ModelBuilder& m) {
                      m.Initializer(FloatTensor("low", {2}, {0.0F, 1.0F}));
                      m.Node("Clip", {"x", "low"}, {"y"});
                    },
                    "input 'min': want one element"},
        InvalidCase{"CastToNothing", 13, [](ModelBuilder& m) { Set(m.Node("Cast", {"x"}, {"y"}), "to", 0); },
                    "want an element type, got none"},
        InvalidCase{"AxesTwice", 11,
                    [](ModelBuilder& m) {
                      Set(m.Node("Unsqueeze", {"x"}, {"y"}), "axes", std::vector<int64_t>{0, 0});
                    },
                    "got 0 twice"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace onebyone::testing
