#include <gmock/gmock.h>

#include <cstring>

#include "tests/kernels/operands.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::Compute;
using testing::ComputeAll;
using testing::Counting;
using testing::Floats;
using testing::Holds;
using testing::StatusIs;
using testing::TensorOf;
using testing::ValuesOf;

class ReferenceCopy : public ::testing::TestWithParam<OpType> {};

TEST_P(ReferenceCopy, KeepsTheElementsOfEveryTypeInOrder) {
  for (const DataType type : testing::AllTypes()) {
    const std::vector<double> values = type == DataType::kBool ? std::vector<double>{1, 0, 0, 1, 1, 0} : Counting(6);
    EXPECT_THAT(Compute(GetParam(), {}, {TensorOf(type, {2, 3}, values)}, Shape({3, 1, 2})), Holds(values))
        << NameOf(type);
  }
}

TEST_P(ReferenceCopy, KeepsTheBitsOfNan) {
  Tensor x = Floats({1}, {0});
  const uint32_t bits = 0x7fa12345;  // a signalling NaN with a payload
  std::memcpy(x.data(), &bits, sizeof(bits));
  ASSERT_OK_AND_ASSIGN(const Tensor y, Compute(GetParam(), {}, {x}, Shape({1, 1})));
  EXPECT_EQ(std::memcmp(y.data(), &bits, sizeof(bits)), 0);
}

TEST_P(ReferenceCopy, RefusesAnotherNumberOfElements) {
  EXPECT_THAT(Compute(GetParam(), {}, {Floats({2}, {1, 2})}, Shape({3})), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Compute(GetParam(), {}, {Floats({2}, {1, 2})}, {DataType::kInt32, Shape({2})}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(ReferenceCopy, OfNoElementsGivesNone) {
  EXPECT_THAT(Compute(GetParam(), {}, {Floats({0, 4}, {})}, Shape({2, 0})), Holds({}));
}

INSTANTIATE_TEST_SUITE_P(Operators, ReferenceCopy,
                         ::testing::Values(OpType::kIdentity, OpType::kFlatten, OpType::kReshape, OpType::kSqueeze,
                                           OpType::kUnsqueeze));

TEST(ReferenceDropout, IsTheIdentityWithAMaskOfTrue) {
  const Tensor x = Floats({2, 2}, {1, -2, 3, 0});
  EXPECT_THAT(Compute(OpType::kDropout, {}, {x}, Shape({2, 2})), Holds({1, -2, 3, 0}));
  const Tensor ratio = Floats({}, {0.5});
  ASSERT_OK_AND_ASSIGN(
      const std::vector<Tensor> outputs,
      ComputeAll(OpType::kDropout, {}, {x, ratio}, {{DataType::kFloat32, {2, 2}}, {DataType::kBool, {2, 2}}}));
  EXPECT_EQ(ValuesOf(outputs[0]), ValuesOf(x));
  EXPECT_THAT(ValuesOf(outputs[1]), ::testing::ElementsAre(1, 1, 1, 1));
}

TEST(ReferenceDropout, FillsTheMaskOfOldNetworksInTheirType) {
  const Tensor x = TensorOf(DataType::kFloat16, {2}, {5, 6});
  ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> outputs,
                       ComputeAll(OpType::kDropout, {}, {x}, {{DataType::kFloat16, {2}}, {DataType::kFloat16, {2}}}));
  EXPECT_THAT(ValuesOf(outputs[1]), ::testing::ElementsAre(1, 1));
  EXPECT_THAT(ComputeAll(OpType::kDropout, {}, {x}, {{DataType::kFloat16, {2}}, {DataType::kInt64, {2}}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace onebyone
