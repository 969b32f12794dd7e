#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <numeric>
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
using testing::HoldsNear;
using testing::StatusIs;
using testing::TensorOf;
using testing::ValuesOf;

TEST(ReferenceReduceMean, AveragesOverTheAxes) {
  const Tensor x = Floats({2, 2, 3}, Counting(12));
  EXPECT_THAT(Compute(OpType::kReduceMean, ReduceMeanAttributes{{1}, true}, {x}, Shape({2, 1, 3})),
              Holds({1.5, 2.5, 3.5, 7.5, 8.5, 9.5}));
  EXPECT_THAT(Compute(OpType::kReduceMean, ReduceMeanAttributes{{0, -1}, false}, {x}, Shape({2})), Holds({4, 7}));
  EXPECT_THAT(Compute(OpType::kReduceMean, ReduceMeanAttributes{{}, true}, {x}, Shape({1, 1, 1})), Holds({5.5}));
  EXPECT_THAT(Compute(OpType::kReduceMean, ReduceMeanAttributes{{}, false}, {x}, Shape()), Holds({5.5}));
}

TEST(ReferenceReduceMean, CutsTheRemainderOfIntegers) {
  EXPECT_THAT(Compute(OpType::kReduceMean, ReduceMeanAttributes{{1}, false},
                      {TensorOf(DataType::kInt32, {3, 2}, {1, 2, -1, -2, 2147483647, 2147483647})}, Shape({3})),
              Holds({1, -1, 2147483647}));
  EXPECT_THAT(Compute(OpType::kReduceMean, ReduceMeanAttributes{{0}, false},
                      {TensorOf(DataType::kUInt8, {2}, {255, 254})}, Shape()),
              Holds({254}));
}

TEST(ReferenceReduceMean, OfNothingIsNanOrZero) {
  ASSERT_OK_AND_ASSIGN(const Tensor mean, Compute(OpType::kReduceMean, ReduceMeanAttributes{{1}, false},
                                                  {Floats({2, 0}, {})}, Shape({2})));
  EXPECT_THAT(ValuesOf(mean), ::testing::ElementsAre(::testing::IsNan(), ::testing::IsNan()));
  EXPECT_THAT(
      Compute(OpType::kReduceMean, ReduceMeanAttributes{{0}, false}, {TensorOf(DataType::kInt64, {0}, {})}, Shape()),
      Holds({0}));
  EXPECT_THAT(Compute(OpType::kReduceMean, ReduceMeanAttributes{{1}, false}, {Floats({0, 2}, {})}, Shape({0})),
              Holds({}));
}

TEST(ReferenceReduceMean, RefusesAnAxisThatIsNotThere) {
  EXPECT_THAT(Compute(OpType::kReduceMean, ReduceMeanAttributes{{2}, true}, {Floats({1, 1}, {1})}, Shape({1, 1})),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ReferenceGlobalPool, ReducesEveryChannelToOneNumber) {
  const Tensor x = Floats({1, 2, 2, 3}, {1, 2, 3, 4, 5, 9, -1, -2, -3, -4, -5, -6});
  EXPECT_THAT(Compute(OpType::kGlobalAveragePool, {}, {x}, Shape({1, 2, 1, 1})), Holds({4, -3.5}));
  EXPECT_THAT(Compute(OpType::kGlobalMaxPool, {}, {x}, Shape({1, 2, 1, 1})), Holds({9, -1}));
}

TEST(ReferenceGlobalPool, TakesAnyNumberOfSpatialAxes) {
  EXPECT_THAT(Compute(OpType::kGlobalAveragePool, {}, {Floats({1, 1, 2, 1, 2}, {1, 2, 3, 6})}, Shape({1, 1, 1, 1, 1})),
              Holds({3}));
  EXPECT_THAT(Compute(OpType::kGlobalMaxPool, {}, {Floats({2, 1, 3}, {1, 2, 3, 6, 5, 4})}, Shape({2, 1, 1})),
              Holds({3, 6}));
  EXPECT_THAT(Compute(OpType::kGlobalMaxPool, {}, {Floats({1, 2}, {1, 2})}, Shape({1, 2})), Holds({1, 2}));
}

TEST(ReferenceGlobalPool, OfNothingIsNanOrTheLowestNumber) {
  const Tensor x = Floats({1, 1, 0}, {});
  ASSERT_OK_AND_ASSIGN(const Tensor mean, Compute(OpType::kGlobalAveragePool, {}, {x}, Shape({1, 1, 1})));
  EXPECT_THAT(ValuesOf(mean), ::testing::ElementsAre(::testing::IsNan()));
  EXPECT_THAT(Compute(OpType::kGlobalMaxPool, {}, {x}, Shape({1, 1, 1})),
              Holds({std::numeric_limits<float>::lowest()}));
}

TEST(ReferenceSoftmax, NormalizesAlongOneAxis) {
  const Tensor x = TensorOf(DataType::kFloat64, {2, 3}, {1, 2, 3, -1, 0, 5});
  EXPECT_THAT(Compute(OpType::kSoftmax, SoftmaxAttributes{-1}, {x}, Shape({2, 3})),
              HoldsNear({0.09003057317038043, 0.24472847105479767, 0.6652409557748218, 0.0024561149044509535,
                         0.006676412513376451, 0.9908674725821726},
                        1e-15));
  EXPECT_THAT(Compute(OpType::kSoftmax, SoftmaxAttributes{0}, {x}, Shape({2, 3})),
              HoldsNear({0.8807970779778825, 0.8807970779778825, 0.11920292202211755, 0.11920292202211755,
                         0.11920292202211755, 0.8807970779778825},
                        1e-15));
}

TEST(ReferenceSoftmax, BeforeOpset13TakesAllAxesFromTheGivenOneForOneRow) {
  const Tensor x = TensorOf(DataType::kFloat64, {2, 2, 2}, {0, 1, 2, 3, 1, 0, 2, -2});
  EXPECT_THAT(Compute(OpType::kSoftmax, SoftmaxAttributes{1, true}, {x}, Shape({2, 2, 2})),
              HoldsNear({0.03205860328008498, 0.08714431874203256, 0.23688281808991016, 0.6439142598879724,
                         0.2417825171588008, 0.08894681729740428, 0.6572330228318554, 0.01203764271193945},
                        1e-15));
  EXPECT_THAT(Compute(OpType::kSoftmax, SoftmaxAttributes{1, false}, {x}, Shape({2, 2, 2})),
              HoldsNear({0.11920292202211755, 0.11920292202211755, 0.8807970779778825, 0.8807970779778825,
                         0.26894142136999516, 0.8807970779778825, 0.7310585786300049, 0.11920292202211755},
                        1e-15));
  EXPECT_THAT(Compute(OpType::kSoftmax, SoftmaxAttributes{3, true}, {x}, Shape({2, 2, 2})),
              Holds(std::vector<double>(8, 1.0)));
}

TEST(ReferenceSoftmax, SumsToOneAlongEveryAxis) {
  std::mt19937 random(17);
  const Tensor x = TensorOf(DataType::kFloat64, {3, 4, 5}, Eighths(60, random));
  for (int axis = 0; axis < 3; ++axis) {
    ASSERT_OK_AND_ASSIGN(const Tensor y, Compute(OpType::kSoftmax, SoftmaxAttributes{axis}, {x}, Shape({3, 4, 5})));
    Shape means({3, 4, 5});
    const double extent = static_cast<double>(means[axis]);
    means[axis] = 1;
    EXPECT_THAT(Compute(OpType::kReduceMean, ReduceMeanAttributes{{axis}, true}, {y}, means),
                HoldsNear(std::vector<double>(means.Elements(), 1 / extent), 1e-15));
  }
}

TEST(ReferenceSoftmax, DoesNotOverflow) {
  EXPECT_THAT(Compute(OpType::kSoftmax, SoftmaxAttributes{0}, {Floats({2}, {3e38, 3e38})}, Shape({2})),
              Holds({0.5, 0.5}));
  EXPECT_THAT(Compute(OpType::kSoftmax, SoftmaxAttributes{0}, {Floats({2}, {-3e38, 3e38})}, Shape({2})), Holds({0, 1}));
}

TEST(ReferenceSoftmax, RefusesAnAxisThatIsNotThere) {
  EXPECT_THAT(Compute(OpType::kSoftmax, SoftmaxAttributes{2}, {Floats({1, 1}, {1})}, Shape({1, 1})),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Compute(OpType::kSoftmax, SoftmaxAttributes{3, true}, {Floats({1, 1}, {1})}, Shape({1, 1})),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace onebyone
