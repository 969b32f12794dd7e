#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/kernels/operands.h"
#include "tests/testing/status_matchers.h"

// Every operator in every element type: the right numbers where ONNX allows the type, UNIMPLEMENTED where it does not.

namespace onebyone {
namespace {

using testing::Compute;
using testing::Holds;
using testing::StatusIs;
using testing::TensorOf;

enum class Takes { kFloats, kNumbers, kAll };

// An example with small whole numbers, which are exact in all types; for bool, which has its own, see copy_test.cc.
struct Example {
  OpType op;
  Attributes attributes;
  Takes takes;
  std::vector<std::pair<Shape, std::vector<double>>> inputs;
  Shape output;
  std::vector<double> wanted;
};

void PrintTo(const Example& example, std::ostream* stream) { *stream << NameOf(example.op); }

Window Width2() {
  Window window;
  window.kernel = {2};
  return window;
}

std::vector<Example> Examples() {
  using V = std::vector<double>;
  const std::pair<Shape, V> row = {Shape({1, 1, 3}), V{2, 4, 6}};
  const std::pair<Shape, V> square = {Shape({2, 2}), V{1, 2, 3, 4}};
  const Shape pooled({1, 1, 2});
  const Activation clip = {Activation::Kind::kClip, 0, 3, 5};
  return {
      {OpType::kConv,
       ConvAttributes(),
       Takes::kFloats,
       {row, {Shape({1, 1, 2}), V{1, 2}}, {Shape({1}), V{1}}},
       pooled,
       {11, 17}},
      {OpType::kBatchNormalization,
       BatchNormalizationAttributes{0.0F},
       Takes::kFloats,
       {row, {Shape({1}), V{2}}, {Shape({1}), V{1}}, {Shape({1}), V{2}}, {Shape({1}), V{4}}},
       row.first,
       {1, 3, 5}},
      {OpType::kRelu, ActivationAttributes(), Takes::kNumbers, {row}, row.first, row.second},
      {OpType::kLeakyRelu, ActivationAttributes(), Takes::kFloats, {row}, row.first, row.second},
      {OpType::kClip, ActivationAttributes{clip}, Takes::kNumbers, {row}, row.first, {3, 4, 5}},
      {OpType::kSigmoid, ActivationAttributes(), Takes::kFloats, {{Shape({1}), V{0}}}, Shape({1}), {0.5}},
      {OpType::kMaxPool, PoolAttributes{Width2()}, Takes::kNumbers, {row}, pooled, {4, 6}},
      {OpType::kAveragePool, PoolAttributes{Width2()}, Takes::kFloats, {row}, pooled, {3, 5}},
      {OpType::kGlobalAveragePool, {}, Takes::kFloats, {row}, Shape({1, 1, 1}), {4}},
      {OpType::kGlobalMaxPool, {}, Takes::kFloats, {row}, Shape({1, 1, 1}), {6}},
      {OpType::kLrn, LrnAttributes{1, 1.0F, 1.0F, 0.0F}, Takes::kFloats, {row}, row.first, {0.5, 0.25, 1 / 6.0}},
      {OpType::kAdd, {}, Takes::kNumbers, {row, {Shape({1}), V{3}}}, row.first, {5, 7, 9}},
      {OpType::kMul, {}, Takes::kNumbers, {row, {Shape({1}), V{3}}}, row.first, {6, 12, 18}},
      {OpType::kSum, {}, Takes::kNumbers, {row, row, row}, row.first, {6, 12, 18}},
      {OpType::kGemm,
       GemmAttributes(),
       Takes::kNumbers,
       {square, square, {Shape({2}), V{1, 2}}},
       Shape({2, 2}),
       {8, 12, 16, 24}},
      {OpType::kMatMul, {}, Takes::kNumbers, {square, square}, Shape({2, 2}), {7, 10, 15, 22}},
      {OpType::kSoftmax, SoftmaxAttributes{0}, Takes::kFloats, {{Shape({2}), V{3, 3}}}, Shape({2}), {0.5, 0.5}},
      {OpType::kReduceMean, ReduceMeanAttributes{{1}, false}, Takes::kNumbers, {square}, Shape({2}), {}},
      {OpType::kConcat,
       AxisAttributes{0},
       Takes::kAll,
       {{Shape({1}), V{1}}, {Shape({2}), V{0, 1}}},
       Shape({3}),
       {1, 0, 1}},
      {OpType::kTranspose,
       TransposeAttributes(),
       Takes::kAll,
       {{Shape({2, 2}), V{0, 1, 0, 1}}},
       Shape({2, 2}),
       {0, 0, 1, 1}},
      {OpType::kPad,
       PadAttributes{PadAttributes::Mode::kEdge, {1}, {1}},
       Takes::kAll,
       {{Shape({2}), V{1, 0}}},
       Shape({4}),
       {1, 1, 0, 0}},
  };
}

class ReferenceElementTypes : public ::testing::TestWithParam<std::tuple<Example, DataType>> {};

TEST_P(ReferenceElementTypes, GivesTheSameNumbersInEveryTypeThatBelongs) {
  const auto& [example, type] = GetParam();
  std::vector<Tensor> inputs;
  for (const auto& [shape, values] : example.inputs) inputs.push_back(TensorOf(type, shape, values));
  const auto result = Compute(example.op, example.attributes, inputs, example.output);
  const bool floating = testing::IsFloating(type);
  const bool belongs =
      example.takes == Takes::kAll || floating || (example.takes == Takes::kNumbers && type != DataType::kBool);
  if (!belongs) {
    EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnimplemented,
                                 ::testing::AllOf(::testing::HasSubstr(std::string(NameOf(example.op))),
                                                  ::testing::HasSubstr(std::string(NameOf(type))))));
    return;
  }
  std::vector<double> wanted = example.wanted;
  if (wanted.empty())
    wanted = floating ? std::vector<double>{1.5, 3.5} : std::vector<double>{1, 3};  // the mean of integers
  EXPECT_THAT(result, Holds(testing::ValuesOf(TensorOf(type, example.output, wanted))));
}

INSTANTIATE_TEST_SUITE_P(Types, ReferenceElementTypes,
                         ::testing::Combine(::testing::ValuesIn(Examples()), ::testing::ValuesIn(testing::AllTypes())),
                         [](const ::testing::TestParamInfo<ReferenceElementTypes::ParamType>& param) {
                           return std::string(NameOf(std::get<0>(param.param).op)) + "_" +
                                  std::string(NameOf(std::get<1>(param.param)));
                         });

class ReferenceDequantizeTypes : public ::testing::TestWithParam<std::tuple<DataType, DataType>> {};

TEST_P(ReferenceDequantizeTypes, TakesIntegersToTheTypeOfTheScale) {
  const auto& [type, scale_type] = GetParam();
  const auto result = Compute(OpType::kDequantizeLinear, QuantizeAttributes(),
                              {TensorOf(type, {2}, {0, 1}), TensorOf(scale_type, {}, {1}), TensorOf(type, {}, {1})},
                              {scale_type, Shape({2})});
  const bool integer = !testing::IsFloating(type) && type != DataType::kBool;
  if (integer && testing::IsFloating(scale_type)) {
    EXPECT_THAT(result, Holds({-1, 0}));
  } else {
    EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnimplemented));
  }
}

INSTANTIATE_TEST_SUITE_P(Types, ReferenceDequantizeTypes,
                         ::testing::Combine(::testing::ValuesIn(testing::AllTypes()),
                                            ::testing::ValuesIn(testing::AllTypes())));

}  // namespace
}  // namespace onebyone
