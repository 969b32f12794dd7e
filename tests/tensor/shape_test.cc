#include "engine/tensor/shape.h"

#include <gmock/gmock.h>

#include <limits>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();

TEST(Shape, CountsItsElements) {
  EXPECT_THAT(Shape({1, 3, 224, 224}).CheckedElements(), IsOkAndHolds(150528));
  EXPECT_THAT(Shape().CheckedElements(), IsOkAndHolds(1));
  EXPECT_THAT(Shape({4, 0, 5}).CheckedElements(), IsOkAndHolds(0));
  EXPECT_EQ(Shape({2, 3, 4}).Elements(), 24);
  EXPECT_EQ(Shape().Elements(), 1);
}

TEST(Shape, HasRoomForExactlyItsMostElements) {
  EXPECT_THAT(Shape({Shape::kMaxElements}).CheckedElements(), IsOkAndHolds(Shape::kMaxElements));
  EXPECT_THAT(Shape({2, Shape::kMaxElements / 2}).CheckedElements(), IsOkAndHolds(Shape::kMaxElements));
  EXPECT_THAT(Shape({Shape::kMaxElements + 1}).CheckedElements(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Shape({3, Shape::kMaxElements / 2}).CheckedElements(), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Shape, RefusesProductsThatOverflow) {
  EXPECT_THAT(Shape({kHuge, kHuge}).CheckedElements(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Shape({int64_t{1} << 32, int64_t{1} << 32}).CheckedElements(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("4294967296")));
}

TEST(Shape, IsNotKnownWhereOneExtentIsNot) {
  EXPECT_FALSE(Shape({Shape::kUnknown, 3}).IsKnown());
  EXPECT_FALSE(Shape({-5}).IsKnown());
  EXPECT_TRUE(Shape({0, 3}).IsKnown());
  EXPECT_THAT(Shape({Shape::kUnknown, 3}).CheckedElements(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[?, 3]")));
}

TEST(Shape, PrintsItsExtents) {
  EXPECT_EQ(Shape({1, 3, 224, 224}).ToString(), "[1, 3, 224, 224]");
  EXPECT_EQ(Shape({Shape::kUnknown, 8}).ToString(), "[?, 8]");
  EXPECT_EQ(Shape().ToString(), "[]");
}

TEST(Shape, IsEqualWhereRankAndExtentsAre) {
  EXPECT_EQ(Shape({1, 2}), Shape({1, 2}));
  EXPECT_NE(Shape({1, 2}), Shape({2, 1}));
  EXPECT_NE(Shape({1, 2}), Shape({1, 2, 1}));
  EXPECT_NE(Shape(), Shape({1}));
}

TEST(NormalizeAxis, CountsNegativeAxesFromTheEnd) {
  EXPECT_THAT(NormalizeAxis(0, 4), IsOkAndHolds(0));
  EXPECT_THAT(NormalizeAxis(3, 4), IsOkAndHolds(3));
  EXPECT_THAT(NormalizeAxis(-1, 4), IsOkAndHolds(3));
  EXPECT_THAT(NormalizeAxis(-4, 4), IsOkAndHolds(0));
}

TEST(NormalizeAxis, RefusesAxesOutsideTheShape) {
  EXPECT_THAT(NormalizeAxis(4, 4), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("got 4")));
  EXPECT_THAT(NormalizeAxis(-5, 4), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("got -5")));
  EXPECT_THAT(NormalizeAxis(0, 0), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(NormalizeAxis(std::numeric_limits<int64_t>::min(), 4), StatusIs(absl::StatusCode::kInvalidArgument));
}

using Extents = std::vector<int64_t>;

struct BroadcastCase {
  Extents a, b, result;
};

class Broadcast : public ::testing::TestWithParam<BroadcastCase> {};

TEST_P(Broadcast, IsTheSameBothWaysRound) {
  const Shape a(GetParam().a);
  const Shape b(GetParam().b);
  EXPECT_THAT(BroadcastShapes(a, b), IsOkAndHolds(Shape(GetParam().result)));
  EXPECT_THAT(BroadcastShapes(b, a), IsOkAndHolds(Shape(GetParam().result)));
}

// The examples of NumPy's manual, and those of extent 0.
INSTANTIATE_TEST_SUITE_P(Shapes, Broadcast,
                         ::testing::Values(BroadcastCase{{256, 256, 3}, {3}, {256, 256, 3}},
                                           BroadcastCase{{8, 1, 6, 1}, {7, 1, 5}, {8, 7, 6, 5}},
                                           BroadcastCase{{15, 3, 5}, {15, 1, 5}, {15, 3, 5}},
                                           BroadcastCase{{5, 4}, {}, {5, 4}}, BroadcastCase{{}, {}, {}},
                                           BroadcastCase{{0, 3}, {1, 3}, {0, 3}}, BroadcastCase{{2, 0}, {1}, {2, 0}}));

TEST(BroadcastShapes, RefusesExtentsThatDifferAndNamesBothShapes) {
  EXPECT_THAT(BroadcastShapes({3}, {4}),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("[3]"), HasSubstr("[4]"))));
  EXPECT_THAT(BroadcastShapes({2, 1}, {8, 4, 3}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(BroadcastShapes({0}, {2}), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace onebyone
