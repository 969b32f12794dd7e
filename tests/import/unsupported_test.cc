// What onebyone lacks is named, all of it at once.

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

}  // namespace
}  // namespace onebyone::testing
