#include <gmock/gmock.h>

#include <random>

#include "tests/kernels/operands.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::Compute;
using testing::Counting;
using testing::Eighths;
using testing::Floats;
using testing::Holds;
using testing::StatusIs;
using testing::TensorOf;
using testing::ValuesOf;

TEST(ReferenceTranspose, PutsTheAxesInTheOrderOfThePermutation) {
  EXPECT_THAT(
      Compute(OpType::kTranspose, TransposeAttributes{{2, 0, 1}}, {Floats({2, 3, 4}, Counting(24))}, Shape({4, 2, 3})),
      Holds({0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23}));
}

TEST(ReferenceTranspose, ReversesTheAxesByDefault) {
  EXPECT_THAT(Compute(OpType::kTranspose, TransposeAttributes(), {Floats({2, 3}, Counting(6))}, Shape({3, 2})),
              Holds({0, 3, 1, 4, 2, 5}));
  EXPECT_THAT(Compute(OpType::kTranspose, TransposeAttributes(), {Floats({}, {7})}, Shape()), Holds({7}));
}

TEST(ReferenceTranspose, IsUndoneByTheInversePermutationInEveryType) {
  std::mt19937 random(5);
  for (const DataType type : testing::AllTypes()) {
    std::vector<double> values = Eighths(120, random);
    for (double& value : values) value = type == DataType::kBool ? value > 0 : std::abs(std::trunc(value));
    const Tensor x = TensorOf(type, {2, 3, 4, 5}, values);
    ASSERT_OK_AND_ASSIGN(const Tensor there,
                         Compute(OpType::kTranspose, TransposeAttributes{{3, 1, 0, 2}}, {x}, Shape({5, 3, 2, 4})));
    EXPECT_NE(ValuesOf(there), values);
    EXPECT_THAT(Compute(OpType::kTranspose, TransposeAttributes{{2, 1, 3, 0}}, {there}, Shape({2, 3, 4, 5})),
                Holds(values));
  }
}

TEST(ReferenceTranspose, OfNoElementsGivesNone) {
  EXPECT_THAT(Compute(OpType::kTranspose, TransposeAttributes(), {Floats({3, 0}, {})}, Shape({0, 3})), Holds({}));
}

TEST(ReferenceTranspose, RefusesWhatIsNoPermutation) {
  const Tensor x = Floats({2, 2}, Counting(4));
  for (const std::vector<int64_t>& wrong : std::vector<std::vector<int64_t>>{{0}, {0, 0}, {0, 2}, {0, 1, 1}}) {
    EXPECT_THAT(Compute(OpType::kTranspose, TransposeAttributes{wrong}, {x}, Shape({2, 2})),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace onebyone
