#include <gmock/gmock.h>

#include <limits>
#include <random>

#include "tests/kernels/operands.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::Absent;
using testing::Compute;
using testing::Counting;
using testing::Eighths;
using testing::Floats;
using testing::Holds;
using testing::StatusIs;
using testing::TensorOf;
using testing::ValuesOf;

TEST(ReferenceGemm, ScalesTheProductAndAddsTheScaledRow) {
  const Tensor a = Floats({2, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor b = Floats({3, 2}, {1, 0, -1, 2, 0.5, 3});
  EXPECT_THAT(Compute(OpType::kGemm, GemmAttributes{0.5F, 2.0F}, {a, b, Floats({2}, {10, 20})}, Shape({2, 2})),
              Holds({20.25, 46.5, 21, 54}));
}

TEST(ReferenceGemm, TransposesEitherOperand) {
  const std::vector<double> wanted = {0.5, 13, 2, 28};
  const Tensor a = Floats({2, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor a_transposed = Floats({3, 2}, {1, 4, 2, 5, 3, 6});
  const Tensor b = Floats({3, 2}, {1, 0, -1, 2, 0.5, 3});
  const Tensor b_transposed = Floats({2, 3}, {1, -1, 0.5, 0, 2, 3});
  EXPECT_THAT(Compute(OpType::kGemm, GemmAttributes{1, 1, false, false}, {a, b}, Shape({2, 2})), Holds(wanted));
  EXPECT_THAT(Compute(OpType::kGemm, GemmAttributes{1, 1, true, false}, {a_transposed, b}, Shape({2, 2})),
              Holds(wanted));
  EXPECT_THAT(Compute(OpType::kGemm, GemmAttributes{1, 1, false, true}, {a, b_transposed}, Shape({2, 2})),
              Holds(wanted));
  EXPECT_THAT(Compute(OpType::kGemm, GemmAttributes{1, 1, true, true}, {a_transposed, b_transposed}, Shape({2, 2})),
              Holds(wanted));
}

TEST(ReferenceGemm, BroadcastsTheAddend) {
  const Tensor a = Floats({2, 1}, {1, 2});
  const Tensor b = Floats({1, 2}, {1, 10});
  const auto run = [&](const Tensor& c) { return Compute(OpType::kGemm, GemmAttributes(), {a, b, c}, Shape({2, 2})); };
  EXPECT_THAT(run(Floats({}, {100})), Holds({101, 110, 102, 120}));
  EXPECT_THAT(run(Floats({1}, {100})), Holds({101, 110, 102, 120}));
  EXPECT_THAT(run(Floats({2, 1}, {100, 200})), Holds({101, 110, 202, 220}));
  EXPECT_THAT(run(Floats({1, 2}, {100, 200})), Holds({101, 210, 102, 220}));
  EXPECT_THAT(run(Floats({2, 2}, {100, 200, 300, 400})), Holds({101, 210, 302, 420}));
  EXPECT_THAT(run(Absent()), Holds({1, 10, 2, 20}));
}

TEST(ReferenceGemm, DoesNotReadAnAddendThatBetaZeroes) {
  const Tensor nan = Floats({1}, {std::numeric_limits<double>::quiet_NaN()});
  EXPECT_THAT(Compute(OpType::kGemm, GemmAttributes{1.0F, 0.0F}, {Floats({1, 1}, {2}), Floats({1, 1}, {3}), nan},
                      Shape({1, 1})),
              Holds({6}));
}

TEST(ReferenceGemm, WrapsIntegersAndCutsWhatIsScaled) {
  const auto run = [](float alpha, double a, double b, double c) {
    const DataType type = DataType::kInt32;
    return Compute(OpType::kGemm, GemmAttributes{alpha, 1.0F},
                   {TensorOf(type, {1, 1}, {a}), TensorOf(type, {1, 1}, {b}), TensorOf(type, {1}, {c})}, Shape({1, 1}));
  };
  EXPECT_THAT(run(1.0F, -3, 4, 5), Holds({-7}));
  EXPECT_THAT(run(1.0F, 65536, 65536, 5), Holds({5}));
  EXPECT_THAT(run(0.5F, -3, 5, 1), Holds({-6}));
}

TEST(ReferenceMatMul, BroadcastsTheLeadingAxes) {
  EXPECT_THAT(Compute(OpType::kMatMul, {}, {Floats({2, 1, 2, 3}, Counting(12)), Floats({3, 3, 2}, Counting(18))},
                      Shape({2, 3, 2, 2})),
              Holds({10, 13, 28, 40, 28,  31,  100, 112, 46,  49,  172, 184,
                     46, 67, 64, 94, 172, 193, 244, 274, 298, 319, 424, 454}));
}

TEST(ReferenceMatMul, TakesVectorsForRowsAndColumns) {
  const Tensor vector = Floats({3}, {1, 2, 3});
  const Tensor matrix = Floats({3, 2}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(Compute(OpType::kMatMul, {}, {vector, matrix}, Shape({2})), Holds({22, 28}));
  EXPECT_THAT(Compute(OpType::kMatMul, {}, {Floats({2, 3}, Counting(6)), vector}, Shape({2})), Holds({8, 26}));
  EXPECT_THAT(Compute(OpType::kMatMul, {}, {vector, vector}, Shape()), Holds({14}));
  EXPECT_THAT(Compute(OpType::kMatMul, {}, {vector, Floats({2, 3, 1}, Counting(6))}, Shape({2, 1})), Holds({8, 26}));
}

TEST(ReferenceMatMul, EqualsGemm) {
  std::mt19937 random(31);
  const Tensor a = Floats({7, 9}, Eighths(63, random));
  const Tensor b = Floats({9, 5}, Eighths(45, random));
  ASSERT_OK_AND_ASSIGN(const Tensor product, Compute(OpType::kGemm, GemmAttributes(), {a, b}, Shape({7, 5})));
  EXPECT_THAT(Compute(OpType::kMatMul, {}, {a, b}, Shape({7, 5})), Holds(ValuesOf(product)));
}

TEST(ReferenceMatMul, WrapsIntegers) {
  EXPECT_THAT(Compute(OpType::kMatMul, {},
                      {TensorOf(DataType::kUInt32, {1, 2}, {65536, 3}),
                       TensorOf(DataType::kUInt32, {2, 1}, {65536, 4294967295.0})},
                      Shape({1, 1})),
              Holds({4294967293.0}));
}

TEST(ReferenceMatMul, OverNoElementsIsZero) {
  EXPECT_THAT(Compute(OpType::kMatMul, {}, {Floats({2, 0}, {}), Floats({0, 2}, {})}, Shape({2, 2})),
              Holds({0, 0, 0, 0}));
  EXPECT_THAT(Compute(OpType::kMatMul, {}, {Floats({0, 2}, {}), Floats({2, 2}, Counting(4))}, Shape({0, 2})),
              Holds({}));
  EXPECT_THAT(Compute(OpType::kGemm, GemmAttributes(), {Floats({1, 0}, {}), Floats({0, 1}, {}), Floats({1}, {4})},
                      Shape({1, 1})),
              Holds({4}));
}

TEST(ReferenceMatrixProduct, RefusesOperandsThatDoNotFit) {
  const Tensor a = Floats({2, 3}, Counting(6));
  const auto invalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(Compute(OpType::kGemm, GemmAttributes(), {a, a}, Shape({2, 3})), StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kGemm, GemmAttributes(), {Floats({3}, Counting(3)), a}, Shape({3})), StatusIs(invalid));
  EXPECT_THAT(
      Compute(OpType::kGemm, GemmAttributes{1, 1, false, true}, {a, a, Floats({3}, Counting(3))}, Shape({2, 2})),
      StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kMatMul, {}, {a, a}, Shape({2, 3})), StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kMatMul, {}, {Floats({}, {1}), a}, Shape({2, 3})), StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kMatMul, {}, {Floats({2, 1, 1}, {1, 2}), Floats({3, 1, 1}, {1, 2, 3})}, Shape({3, 1, 1})),
              StatusIs(invalid));
}

}  // namespace
}  // namespace onebyone
