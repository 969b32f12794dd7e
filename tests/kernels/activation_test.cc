#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/kernels/operands.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::Compute;
using testing::Floats;
using testing::Holds;
using testing::HoldsNear;
using testing::IsOk;
using testing::TensorOf;
using testing::ValuesOf;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

ActivationAttributes With(float slope, float low, float high) {
  ActivationAttributes attributes;
  attributes.activation.slope = slope;
  attributes.activation.low = low;
  attributes.activation.high = high;
  return attributes;
}

TEST(ReferenceActivation, ReluZeroesWhatIsNegative) {
  EXPECT_THAT(
      Compute(OpType::kRelu, ActivationAttributes(), {Floats({5}, {-kInfinity, -1, 0, 2, kInfinity})}, Shape({5})),
      Holds({0, 0, 0, 2, kInfinity}));
  EXPECT_THAT(
      Compute(OpType::kRelu, ActivationAttributes(), {TensorOf(DataType::kInt8, {3}, {-128, 0, 127})}, Shape({3})),
      Holds({0, 0, 127}));
  EXPECT_THAT(Compute(OpType::kRelu, ActivationAttributes(), {TensorOf(DataType::kUInt8, {2}, {0, 255})}, Shape({2})),
              Holds({0, 255}));
}

TEST(ReferenceActivation, LeakyReluScalesWhatIsNegative) {
  EXPECT_THAT(Compute(OpType::kLeakyRelu, With(0.5F, 0, 0), {Floats({3}, {-3, 0, 3})}, Shape({3})),
              Holds({-1.5, 0, 3}));
}

TEST(ReferenceActivation, SigmoidIsTheLogisticFunctionAndSaturates) {
  EXPECT_THAT(Compute(OpType::kSigmoid, ActivationAttributes(),
                      {TensorOf(DataType::kFloat64, {5}, {-2000, -1, 0, 1, 2000})}, Shape({5})),
              HoldsNear({0, 0.2689414213699951, 0.5, 0.7310585786300049, 1}, 1e-15));
}

TEST(ReferenceActivation, ClipHoldsValuesBetweenItsBounds) {
  EXPECT_THAT(Compute(OpType::kClip, With(0, -1.0F, 2.5F), {Floats({4}, {-2, -0.5, 2, 3})}, Shape({4})),
              Holds({-1, -0.5, 2, 2.5}));
  EXPECT_THAT(Compute(OpType::kClip, ActivationAttributes(), {Floats({2}, {-kInfinity, kInfinity})}, Shape({2})),
              Holds({-kInfinity, kInfinity}));
  EXPECT_THAT(Compute(OpType::kClip, With(0, 0.0F, 6.0F), {TensorOf(DataType::kInt32, {3}, {-9, 3, 9})}, Shape({3})),
              Holds({0, 3, 6}));
}

TEST(ReferenceActivation, ClipWithCrossedBoundsGivesTheHighOne) {
  EXPECT_THAT(Compute(OpType::kClip, With(0, 3.0F, 1.0F), {Floats({3}, {0, 2, 4})}, Shape({3})), Holds({1, 1, 1}));
}

TEST(ReferenceActivation, ClipOfLargeIntegersIsExact) {
  Tensor x = TensorOf(DataType::kInt64, {1}, {0});
  x.As<int64_t>()[0] = (int64_t{1} << 62) + 1;
  ASSERT_OK_AND_ASSIGN(const Tensor clipped, Compute(OpType::kClip, With(0, 0.0F, INFINITY), {x}, Shape({1})));
  EXPECT_EQ(clipped.As<int64_t>()[0], (int64_t{1} << 62) + 1);
}

TEST(ReferenceActivation, KeepsNan) {
  const Tensor x = Floats({1}, {std::nan("")});
  for (const OpType op : {OpType::kRelu, OpType::kLeakyRelu, OpType::kClip, OpType::kSigmoid}) {
    absl::StatusOr<Tensor> y = Compute(op, With(0.1F, 0.0F, 6.0F), {x}, Shape({1}));
    ASSERT_THAT(y, IsOk());
    EXPECT_THAT(ValuesOf(*y), ::testing::ElementsAre(::testing::IsNan())) << NameOf(op);
  }
}

}  // namespace
}  // namespace onebyone
