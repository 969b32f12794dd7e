#include "engine/kernels/reference_kernels.h"

#include <gmock/gmock.h>

#include <vector>

#include "tests/kernels/operands.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::Compute;
using testing::ComputeAll;
using testing::Floats;
using testing::StatusIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class RunReferenceOf : public ::testing::TestWithParam<OpType> {};

TEST_P(RunReferenceOf, RefusesACallWithoutInputs) {
  EXPECT_THAT(ComputeAll(GetParam(), {}, {}, {{DataType::kFloat32, {1}}}),
              StatusIs(kInvalid, ::testing::AllOf(::testing::StartsWith(std::string(NameOf(GetParam()))),
                                                  ::testing::HasSubstr("inputs, got 0"))));
}

TEST_P(RunReferenceOf, RefusesACallWithoutOutputs) {
  const std::vector<Tensor> inputs(5, Floats({1}, {1}));
  for (size_t count = 1; count <= inputs.size(); ++count) {
    EXPECT_THAT(ComputeAll(GetParam(), {}, {inputs.begin(), inputs.begin() + static_cast<int64_t>(count)}, {}),
                StatusIs(kInvalid));
  }
}

TEST_P(RunReferenceOf, RefusesAnInputWithoutMemory) {
  const std::vector<ConstTensorView> inputs(5, ConstTensorView{DataType::kFloat32, {1, 1, 1}, nullptr});
  Tensor output = Floats({1, 1, 1}, {0});
  const TensorView view = output.view();
  for (size_t count = 1; count <= inputs.size(); ++count) {
    EXPECT_THAT(RunReference(GetParam(), {}, absl::MakeConstSpan(inputs).first(count), {&view, 1}), StatusIs(kInvalid));
  }
}

TEST_P(RunReferenceOf, RefusesAnInputOfUnknownShape) {
  float element = 0.0F;
  const std::vector<ConstTensorView> inputs(5, ConstTensorView{DataType::kFloat32, {Shape::kUnknown, 1, 1}, &element});
  Tensor output = Floats({1, 1, 1}, {0});
  const TensorView view = output.view();
  for (size_t count = 1; count <= inputs.size(); ++count) {
    EXPECT_THAT(RunReference(GetParam(), {}, absl::MakeConstSpan(inputs).first(count), {&view, 1}), StatusIs(kInvalid));
  }
}

std::vector<OpType> AllOperators() {
  std::vector<OpType> operators;
  for (int i = 0; i < kOpTypes; ++i) operators.push_back(static_cast<OpType>(i));
  return operators;
}

INSTANTIATE_TEST_SUITE_P(Operators, RunReferenceOf, ::testing::ValuesIn(AllOperators()),
                         [](const ::testing::TestParamInfo<OpType>& param) {
                           return std::string(NameOf(param.param));
                         });

TEST(RunReference, RefusesTheAttributesOfAnotherOperator) {
  EXPECT_THAT(Compute(OpType::kSoftmax, LrnAttributes(), {Floats({1}, {1})}, Shape({1})),
              StatusIs(kInvalid, ::testing::HasSubstr("Softmax: want the attributes of the operator")));
}

TEST(RunReference, RefusesInputsThatTheOperatorDoesNotHave) {
  const Tensor x = Floats({1}, {1});
  EXPECT_THAT(Compute(OpType::kAdd, {}, {x, x, x}, Shape({1})),
              StatusIs(kInvalid, ::testing::HasSubstr("want 2 to 2 inputs, got 3")));
  EXPECT_THAT(
      ComputeAll(OpType::kRelu, ActivationAttributes(), {x}, {{DataType::kFloat32, {1}}, {DataType::kFloat32, {1}}}),
      StatusIs(kInvalid, ::testing::HasSubstr("want 1 to 1 outputs, got 2")));
}

TEST(RunReference, LeavesAnOutputThatNobodyWantsAlone) {
  const Tensor x = Floats({2}, {1, 2});
  Tensor y = Floats({2}, {0, 0});
  const ConstTensorView input = x.view();
  const std::vector<TensorView> outputs = {y.view(), {DataType::kBool, Shape({2}), nullptr}};
  EXPECT_THAT(RunReference(OpType::kDropout, {}, {&input, 1}, outputs), testing::IsOk());
  EXPECT_THAT(testing::ValuesOf(y), ::testing::ElementsAre(1, 2));
}

}  // namespace
}  // namespace onebyone
