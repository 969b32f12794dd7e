// Element types that inference must refuse.

#include <gmock/gmock.h>

#include "tests/graph/infer_one.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::ConvOf;
using ::onebyone::testing::Extents;
using ::onebyone::testing::Float;
using ::onebyone::testing::InferOne;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct BadTypes {
  std::string what;
  OpType op;
  Attributes attributes;
  std::vector<DataType> types;
  std::vector<Extents> inputs;
};

class InferNodeRefusesTypes : public ::testing::TestWithParam<BadTypes> {};

TEST_P(InferNodeRefusesTypes, NamingTheNodeAndTheType) {
  const BadTypes& node = GetParam();
  std::vector<ValueInfo> inputs;
  for (size_t i = 0; i < node.types.size(); ++i) inputs.push_back({node.types[i], Shape(node.inputs[i])});
  EXPECT_THAT(InferOne(node.op, node.attributes, inputs),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("node 'n'"), HasSubstr(std::string(NameOf(node.types.back()))))));
}

constexpr DataType kF32 = DataType::kFloat32;

INSTANTIATE_TEST_SUITE_P(
    Types, InferNodeRefusesTypes,
    ::testing::Values(
        BadTypes{"ConvOfBytes",
                 OpType::kConv,
                 ConvOf({}),
                 {DataType::kUInt8, DataType::kUInt8},
                 {{1, 1, 2, 2}, {1, 1, 1, 1}}},
        BadTypes{
            "ConvWithOtherWeights", OpType::kConv, ConvOf({}), {kF32, DataType::kInt8}, {{1, 1, 2, 2}, {1, 1, 1, 1}}},
        BadTypes{"AddOfDifferentTypes", OpType::kAdd, std::monostate{}, {kF32, DataType::kInt64}, {{2}, {2}}},
        BadTypes{"AddOfTruths", OpType::kAdd, std::monostate{}, {DataType::kBool, DataType::kBool}, {{2}, {2}}},
        BadTypes{"ReluOfUnsigned", OpType::kRelu, ActivationAttributes{}, {DataType::kUInt8}, {{2}}},
        BadTypes{"SoftmaxOfIntegers", OpType::kSoftmax, SoftmaxAttributes{}, {DataType::kInt64}, {{2}}},
        BadTypes{"ConcatOfDifferentTypes", OpType::kConcat, AxisAttributes{0}, {kF32, DataType::kFloat16}, {{2}, {2}}},
        BadTypes{"PadWithAnotherValue",
                 OpType::kPad,
                 PadAttributes{.begin = {1}, .end = {1}},
                 {kF32, DataType::kInt32},
                 {{2}, {}}},
        BadTypes{"DequantizeByIntegers",
                 OpType::kDequantizeLinear,
                 QuantizeAttributes{},
                 {DataType::kInt8, DataType::kInt32},
                 {{2}, {}}},
        BadTypes{"DequantizeWithAnotherZero",
                 OpType::kDequantizeLinear,
                 QuantizeAttributes{},
                 {DataType::kInt8, kF32, DataType::kUInt8},
                 {{2}, {}, {}}}),
    [](const auto& test) { return test.param.what; });

TEST(InferNode, RefusesScalesThatDoNotFitTheAxis) {
  const std::vector<ValueInfo> inputs = {{DataType::kInt8, Shape({8, 3})}, Float({8})};
  EXPECT_THAT(InferOne(OpType::kDequantizeLinear, QuantizeAttributes{1}, inputs),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("scale")));
  EXPECT_THAT(InferOne(OpType::kDequantizeLinear, QuantizeAttributes{2}, inputs),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("axis")));
}

}  // namespace
}  // namespace onebyone
