#include <gmock/gmock.h>

#include "tests/kernels/operands.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::Compute;
using testing::Counting;
using testing::Floats;
using testing::Holds;
using testing::StatusIs;
using testing::TensorOf;

TEST(ReferenceConcat, PutsTheChannelsOfEachImageTogether) {
  const Tensor a = Floats({2, 1, 1, 2}, {1, 2, 3, 4});
  const Tensor b = Floats({2, 2, 1, 2}, {10, 11, 12, 13, 14, 15, 16, 17});
  for (const int64_t axis : {1, -3}) {
    EXPECT_THAT(Compute(OpType::kConcat, AxisAttributes{axis}, {a, b}, Shape({2, 3, 1, 2})),
                Holds({1, 2, 10, 11, 12, 13, 3, 4, 14, 15, 16, 17}));
  }
}

TEST(ReferenceConcat, WorksAlongTheFirstAndTheLastAxis) {
  const Tensor a = Floats({1, 2}, {1, 2});
  const Tensor b = Floats({1, 2}, {3, 4});
  EXPECT_THAT(Compute(OpType::kConcat, AxisAttributes{0}, {a, b, a}, Shape({3, 2})), Holds({1, 2, 3, 4, 1, 2}));
  EXPECT_THAT(Compute(OpType::kConcat, AxisAttributes{1}, {Floats({2, 1}, {1, 2}), Floats({2, 2}, {3, 4, 5, 6})},
                      Shape({2, 3})),
              Holds({1, 3, 4, 2, 5, 6}));
}

TEST(ReferenceConcat, PassesOverInputsWithoutElements) {
  EXPECT_THAT(
      Compute(OpType::kConcat, AxisAttributes{0}, {Floats({0}, {}), Floats({2}, {1, 2}), Floats({0}, {})}, Shape({2})),
      Holds({1, 2}));
  EXPECT_THAT(Compute(OpType::kConcat, AxisAttributes{1}, {Floats({0, 2}, {}), Floats({0, 3}, {})}, Shape({0, 5})),
              Holds({}));
}

TEST(ReferenceConcat, RefusesInputsThatDifferElsewhere) {
  const Tensor a = Floats({1, 2}, {1, 2});
  const auto invalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(Compute(OpType::kConcat, AxisAttributes{0}, {a, Floats({1, 3}, Counting(3))}, Shape({2, 2})),
              StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kConcat, AxisAttributes{0}, {a, Floats({2}, Counting(2))}, Shape({2, 2})),
              StatusIs(invalid));
  EXPECT_THAT(
      Compute(OpType::kConcat, AxisAttributes{0}, {a, TensorOf(DataType::kInt8, {1, 2}, Counting(2))}, Shape({2, 2})),
      StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kConcat, AxisAttributes{2}, {a, a}, Shape({2, 2})),
              StatusIs(invalid, ::testing::HasSubstr("axis")));
}

}  // namespace
}  // namespace onebyone
