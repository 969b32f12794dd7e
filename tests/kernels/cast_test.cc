#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/kernels/operands.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::Compute;
using testing::Holds;
using testing::IsOk;
using testing::TensorOf;
using testing::ValuesOf;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

absl::StatusOr<Tensor> Cast(DataType from, DataType to, const std::vector<double>& values) {
  const Shape shape({static_cast<int64_t>(values.size())});
  return Compute(OpType::kCast, CastAttributes{to}, {TensorOf(from, shape, values)}, {to, shape});
}

class ReferenceCastOfTypes : public ::testing::TestWithParam<std::tuple<DataType, DataType>> {};

TEST_P(ReferenceCastOfTypes, KeepsSmallWholeNumbers) {
  const auto& [from, to] = GetParam();
  const bool boolean = from == DataType::kBool || to == DataType::kBool;
  const std::vector<double> values = boolean ? std::vector<double>{0, 1} : std::vector<double>{0, 1, 2, 64, 127};
  EXPECT_THAT(Cast(from, to, values), Holds(values)) << NameOf(from) << " to " << NameOf(to);
}

INSTANTIATE_TEST_SUITE_P(Types, ReferenceCastOfTypes,
                         ::testing::Combine(::testing::ValuesIn(testing::AllTypes()),
                                            ::testing::ValuesIn(testing::AllTypes())));

TEST(ReferenceCast, CutsFractionsTowardsZero) {
  EXPECT_THAT(Cast(DataType::kFloat32, DataType::kInt32, {-1.75, -0.5, 0.5, 1.99}), Holds({-1, 0, 0, 1}));
  EXPECT_THAT(Cast(DataType::kFloat16, DataType::kUInt8, {-0.5, 254.5}), Holds({0, 254}));
}

TEST(ReferenceCast, HoldsFloatsAtTheBoundsOfIntegers) {
  EXPECT_THAT(Cast(DataType::kFloat32, DataType::kUInt8, {-kInfinity, -3, 256, kInfinity}), Holds({0, 0, 255, 255}));
  EXPECT_THAT(Cast(DataType::kFloat64, DataType::kInt8, {-1e300, 1e300}), Holds({-128, 127}));
  ASSERT_OK_AND_ASSIGN(const Tensor wide, Cast(DataType::kFloat32, DataType::kInt64, {-9.3e18, 9.3e18}));
  EXPECT_EQ(wide.As<int64_t>()[0], std::numeric_limits<int64_t>::min());
  EXPECT_EQ(wide.As<int64_t>()[1], std::numeric_limits<int64_t>::max());
  ASSERT_OK_AND_ASSIGN(const Tensor unsigned_wide, Cast(DataType::kFloat64, DataType::kUInt64, {1.9e19}));
  EXPECT_EQ(unsigned_wide.As<uint64_t>()[0], std::numeric_limits<uint64_t>::max());
}

TEST(ReferenceCast, GivesZeroForNanInIntegersAndTrueInBool) {
  EXPECT_THAT(Cast(DataType::kFloat32, DataType::kInt16, {std::nan("")}), Holds({0}));
  EXPECT_THAT(Cast(DataType::kFloat32, DataType::kBool, {std::nan(""), 0.25, 0, -0.0}), Holds({1, 1, 0, 0}));
}

TEST(ReferenceCast, WrapsIntegers) {
  EXPECT_THAT(Cast(DataType::kInt32, DataType::kUInt8, {-1, 256, 257}), Holds({255, 0, 1}));
  EXPECT_THAT(Cast(DataType::kUInt8, DataType::kInt8, {200}), Holds({-56}));
  EXPECT_THAT(Cast(DataType::kInt64, DataType::kBool, {256, 0}), Holds({1, 0}));
}

TEST(ReferenceCast, RoundsToTheNearestFloat) {
  EXPECT_THAT(Cast(DataType::kFloat64, DataType::kFloat32, {16777217.0, 16777219.0, 1e300}),
              Holds({16777216.0, 16777220.0, kInfinity}));
  EXPECT_THAT(Cast(DataType::kFloat32, DataType::kFloat16, {2049, 2051, 65519, 65520, -1e30}),
              Holds({2048, 2052, 65504, kInfinity, -kInfinity}));
  EXPECT_THAT(Cast(DataType::kInt32, DataType::kBFloat16, {257, 259}), Holds({256, 260}));
  EXPECT_THAT(Cast(DataType::kInt32, DataType::kFloat16, {100000}), Holds({kInfinity}));
}

TEST(ReferenceCast, RoundsDoubleToHalfOnlyOnce) {
  // Just above the middle of two float16; rounded to float32 first it would be the middle, and then go down to even.
  const double above = 1.0 + 0x1p-11 + 0x1p-30;
  EXPECT_THAT(Cast(DataType::kFloat64, DataType::kFloat16, {above, -above}), Holds({1.0 + 0x1p-10, -1.0 - 0x1p-10}));
  EXPECT_THAT(Cast(DataType::kFloat64, DataType::kBFloat16, {1.0 + 0x1p-8 + 0x1p-40}), Holds({1.0 + 0x1p-7}));
}

TEST(ReferenceCast, RoundsLargeIntegersToFloatOnlyOnce) {
  Tensor x = TensorOf(DataType::kInt64, {1}, {0});
  x.As<int64_t>()[0] =
      (int64_t{1} << 60) + (int64_t{1} << 36) + 1;  // above the middle of two floats, in float64 it is the middle
  ASSERT_OK_AND_ASSIGN(const Tensor y, Compute(OpType::kCast, CastAttributes{DataType::kFloat32}, {x},
                                               {DataType::kFloat32, Shape({1})}));
  EXPECT_EQ(y.As<float>()[0], 0x1p60F + 0x1p37F);
}

TEST(ReferenceCast, TakesAnyByteOfABooleanFileForTrue) {
  Tensor x = TensorOf(DataType::kBool, {3}, {0, 0, 0});
  x.As<uint8_t>()[1] = 1;
  x.As<uint8_t>()[2] = 255;
  EXPECT_THAT(Compute(OpType::kCast, CastAttributes{DataType::kInt32}, {x}, {DataType::kInt32, Shape({3})}),
              Holds({0, 1, 1}));
}

}  // namespace
}  // namespace onebyone
