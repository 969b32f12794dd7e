// What onebyone lacks is named, all of it at once; what no operator can have is an error of its own.

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
using ::testing::Not;

constexpr auto kUnsupported = absl::StatusCode::kUnimplemented;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(Unsupported, NamesEverythingInOneErrorWithANodeThatUsesIt) {
  ModelBuilder builder(13);
  builder.Input("x", {1, 3, 8, 8}).Zeros("w", {4, 3, 3, 3}).Output("y").Output("z");
  builder.Node("HardSwish", {"x"}, {"a"});
  builder.Node("HardSwish", {"a"}, {"b"});
  builder.Node("Fused", {"b"}, {"c"}).set_domain("com.example");
  Set(builder.Node("Conv", {"c", "w"}, {"d"}), "winograd", 1);
  Set(builder.Node("MaxPool", {"d"}, {"e"}), "kernel_shape", std::vector<int64_t>{2, 2});
  Set(*builder.graph().mutable_node()->rbegin(), "auto_pad", "SAME_ISH");
  Set(builder.Node("Cast", {"e"}, {"y"}), "to", static_cast<int64_t>(onnx::TensorProto::STRING));
  builder.Input("names", {2}, onnx::TensorProto::STRING);
  builder.Node("Relu", {"x"}, {"z"});
  EXPECT_THAT(
      builder.Import(),
      StatusIs(kUnsupported,
               AllOf(HasSubstr("operator HardSwish (node 'a' (HardSwish) and 1 more)"),
                     HasSubstr("operator com.example.Fused (node 'c'"), HasSubstr("'winograd' of Conv (node 'd'"),
                     HasSubstr("auto_pad 'SAME_ISH' of MaxPool (node 'e'"),
                     HasSubstr("element type string (input 'names' and 1 more)"), Not(HasSubstr("Relu")))));
}

TEST(Unsupported, DoesNotBlameWhatOnlyWaitsForIt) {
  ModelBuilder builder(13);
  builder.Input("x", {-1, 3, 8, 8}).Output("y");
  builder.Node("Shape", {"x"}, {"shape"});
  builder.Node("Identity", {"shape"}, {"same"});
  builder.Node("Reshape", {"x", "same"}, {"y"});
  EXPECT_THAT(builder.Import(), StatusIs(kUnsupported, AllOf(HasSubstr("operator Shape"), Not(HasSubstr("Reshape")))));
}

TEST(Unsupported, NamesInputsThatMustBeConstant) {
  ModelBuilder builder(13);
  builder.Input("x", {1, 3, 8, 8}).Input("s", {2}, onnx::TensorProto::INT64).Input("low", {}).Output("y").Output("z");
  builder.Node("Reshape", {"x", "s"}, {"y"});
  builder.Node("Clip", {"x", "low"}, {"z"});
  EXPECT_THAT(builder.Import(),
              StatusIs(kUnsupported, AllOf(HasSubstr("input 'shape' of Reshape that is no constant (node 'y'"),
                                           HasSubstr("input 'min' of Clip that is no constant (node 'z'"))));
}

struct UnsupportedCase {
  const char* name;
  int64_t opset;
  std::function<void(ModelBuilder&)> add;  // nodes from "x" [1, 4, 8, 8] to "y"
  const char* message;
};

class UnsupportedForm : public ::testing::TestWithParam<UnsupportedCase> {};

TEST_P(UnsupportedForm, IsNamed) {
  ModelBuilder builder(GetParam().opset);
  builder.Input("x", {1, 4, 8, 8}).Zeros("c", {4}).Output("y");
  GetParam().add(builder);
  EXPECT_THAT(builder.Import(), StatusIs(kUnsupported, HasSubstr(GetParam().message)));
}

onnx::NodeProto& BatchNormalization(ModelBuilder& builder, const std::vector<std::string>& outputs) {
  return builder.Node("BatchNormalization", {"x", "c", "c", "c", "c"}, outputs);
}

onnx::TensorProto True() {
  onnx::TensorProto yes = Int64Tensor("yes", {}, {});
  yes.set_data_type(onnx::TensorProto::BOOL);
  yes.add_int32_data(1);
  return yes;
}

INSTANTIATE_TEST_SUITE_P(
    Forms, UnsupportedForm,
    ::testing::Values(
        UnsupportedCase{"TrainingMode14", 14,
                        [](ModelBuilder& m) { Set(BatchNormalization(m, {"y"}), "training_mode", 1); },
                        "training mode of BatchNormalization"},
        UnsupportedCase{"StatisticsBefore14", 9,
                        [](ModelBuilder& m) {
                          BatchNormalization(m, {"y", "mean", "variance"});
                        },
                        "training mode of BatchNormalization"},
        UnsupportedCase{"IsTest0", 6, [](ModelBuilder& m) { Set(BatchNormalization(m, {"y"}), "is_test", 0); },
                        "training mode of BatchNormalization"},
        UnsupportedCase{"NotSpatial", 7, [](ModelBuilder& m) { Set(BatchNormalization(m, {"y"}), "spatial", 0); },
                        "spatial 0"},
        UnsupportedCase{"TrainingDropout", 13,
                        [](ModelBuilder& m) {
                          m.Initializer(True());
                          m.Node("Dropout", {"x", "", "yes"}, {"y"});
                        },
                        "training mode of Dropout"},
        UnsupportedCase{"OldDropoutMask", 7,
                        [](ModelBuilder& m) {
                          m.Output("mask");
                          m.Node("Dropout", {"x"}, {"y", "mask"});
                        },
                        "mask before operator set 10 of Dropout"},
        UnsupportedCase{"PadMode", 10,
                        [](ModelBuilder& m) {
                          onnx::NodeProto& pad = m.Node("Pad", {"x"}, {"y"});
                          Set(pad, "pads", std::vector<int64_t>(8, 0));
                          Set(pad, "mode", "wrap");
                        },
                        "mode 'wrap' of Pad"},
        UnsupportedCase{"SparseConstant", 12,
                        [](ModelBuilder& m) {
                          auto& attribute = *m.Node("Constant", {}, {"y"}).add_attribute();
                          attribute.set_name("sparse_value");
                          attribute.set_type(onnx::AttributeProto::SPARSE_TENSOR);
                        },
                        "sparse tensor"},
        UnsupportedCase{"StringConstant", 12,
                        [](ModelBuilder& m) { Set(m.Node("Constant", {}, {"y"}), "value_string", "text"); },
                        "element type string"},
        UnsupportedCase{"StringTensor", 12,
                        [](ModelBuilder& m) {
                          onnx::TensorProto text;
                          text.set_name("y");
                          text.set_data_type(onnx::TensorProto::STRING);
                          text.add_string_data("text");
                          m.Initializer(text);
                        },
                        "element type string (initializer 'y')"},
        UnsupportedCase{"UnknownElementType", 12,
                        [](ModelBuilder& m) {
                          onnx::TensorProto odd = FloatTensor("y", {}, {});
                          odd.set_data_type(99);
                          m.Initializer(odd);
                        },
                        "element type number 99 (initializer 'y')"},
        UnsupportedCase{"ExternalElements", 12,
                        [](ModelBuilder& m) {
                          onnx::TensorProto outside = FloatTensor("y", {4}, {});
                          outside.set_data_location(onnx::TensorProto::EXTERNAL);
                          m.Initializer(outside);
                        },
                        "external data (elements kept outside the file) (initializer 'y')"},
        UnsupportedCase{"SparseInitializer", 12,
                        [](ModelBuilder& m) {
                          *m.graph().add_sparse_initializer()->mutable_values() = FloatTensor("y", {1}, {1.0F});
                        },
                        "sparse tensor (initializer 'y')"},
        UnsupportedCase{"Sequence", 14,
                        [](ModelBuilder& m) {
                          auto& input = *m.graph().add_input();
                          input.set_name("list");
                          input.mutable_type()->mutable_sequence_type();
                          m.Node("Identity", {"list"}, {"y"});
                        },
                        "type sequence (input 'list')"},
        UnsupportedCase{"Optional", 15,
                        [](ModelBuilder& m) {
                          auto& input = *m.graph().add_input();
                          input.set_name("maybe");
                          input.mutable_type()->mutable_optional_type();
                          m.Node("Identity", {"maybe"}, {"y"});
                        },
                        "type optional (input 'maybe')"},
        UnsupportedCase{"ControlFlow", 13, [](ModelBuilder& m) { m.Node("If", {"x"}, {"y"}); }, "operator If"},
        UnsupportedCase{"OldAxisOfUnknownRank", 6,
                        [](ModelBuilder& m) {
                          m.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
                          onnx::NodeProto& add = m.Node("Add", {"x", "c"}, {"y"});
                          Set(add, "broadcast", 1);
                          Set(add, "axis", 1);
                        },
                        "attribute 'axis' where the number of axes is not known"}),
    [](const auto& test) { return test.param.name; });

TEST(DropoutOfRatio0, DropsNothingEvenInTraining) {
  ModelBuilder builder(13);
  builder.Input("x", {4}).Output("y").Initializer(True()).Initializer(FloatTensor("ratio", {}, {0.0F}));
  builder.Node("Dropout", {"x", "ratio", "yes"}, {"y"});
  EXPECT_THAT(builder.Import(), IsOk());
}

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
