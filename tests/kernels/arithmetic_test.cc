#include <gmock/gmock.h>

#include <random>
#include <vector>

#include "tests/kernels/operands.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::Compute;
using testing::Counting;
using testing::Eighths;
using testing::Floats;
using testing::Holds;
using testing::IsOk;
using testing::StatusIs;
using testing::TensorOf;
using testing::ValuesOf;

TEST(ReferenceArithmetic, AddsAndMultipliesElementByElement) {
  const Tensor a = Floats({2, 2}, {1, 2, 3, 4});
  const Tensor b = Floats({2, 2}, {0.5, -2, 8, 0});
  EXPECT_THAT(Compute(OpType::kAdd, {}, {a, b}, Shape({2, 2})), Holds({1.5, 0, 11, 4}));
  EXPECT_THAT(Compute(OpType::kMul, {}, {a, b}, Shape({2, 2})), Holds({0.5, -4, 24, 0}));
}

TEST(ReferenceArithmetic, BroadcastsBothOperands) {
  const Tensor a = Floats({2, 1, 3}, Counting(6));
  const Tensor b = Floats({4, 1}, {0, 10, 20, 30});
  EXPECT_THAT(Compute(OpType::kAdd, {}, {a, b}, Shape({2, 4, 3})),
              Holds({0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32,  //
                     3, 4, 5, 13, 14, 15, 23, 24, 25, 33, 34, 35}));
  EXPECT_THAT(Compute(OpType::kMul, {}, {Floats({}, {3}), a}, Shape({2, 1, 3})), Holds({0, 3, 6, 9, 12, 15}));
  EXPECT_THAT(Compute(OpType::kAdd, {}, {Floats({}, {3}), Floats({}, {4})}, Shape()), Holds({7}));
}

TEST(ReferenceArithmetic, SumTakesAnyNumberOfOperands) {
  const Tensor a = Floats({2}, {1, 2});
  EXPECT_THAT(Compute(OpType::kSum, {}, {a}, Shape({2})), Holds({1, 2}));
  EXPECT_THAT(Compute(OpType::kSum, {}, {a, Floats({2, 1}, {10, 20}), Floats({1}, {100})}, Shape({2, 2})),
              Holds({111, 112, 121, 122}));
}

TEST(ReferenceArithmetic, SumRoundsOnceAtTheEnd) {
  const Tensor large = TensorOf(DataType::kFloat16, {1}, {2048});
  const Tensor one = TensorOf(DataType::kFloat16, {1}, {1});  // 2049 is not a float16: rounded each time, it stays 2048
  EXPECT_THAT(Compute(OpType::kSum, {}, {large, one, one}, Shape({1})), Holds({2050}));
}

TEST(ReferenceArithmetic, IntegersWrapAround) {
  const auto run = [](OpType op, DataType type, double a, double b) {
    return Compute(op, {}, {TensorOf(type, {1}, {a}), TensorOf(type, {1}, {b})}, Shape({1}));
  };
  EXPECT_THAT(run(OpType::kAdd, DataType::kUInt8, 250, 10), Holds({4}));
  EXPECT_THAT(run(OpType::kAdd, DataType::kInt8, 127, 1), Holds({-128}));
  EXPECT_THAT(run(OpType::kMul, DataType::kInt16, -32768, -1), Holds({-32768}));
  EXPECT_THAT(run(OpType::kMul, DataType::kUInt16, 65535, 65535), Holds({1}));
  EXPECT_THAT(run(OpType::kAdd, DataType::kInt32, 2147483647, 1), Holds({-2147483648.0}));
  EXPECT_THAT(run(OpType::kMul, DataType::kInt64, 4294967296.0, 4294967296.0), Holds({0}));
}

TEST(ReferenceArithmetic, EqualsTheSumOverMoreElementsThanOneBlock) {
  std::mt19937 random(3);
  const std::vector<double> a = Eighths(9999, random);
  const std::vector<double> b = Eighths(3333, random);
  std::vector<double> wanted;
  for (int i = 0; i < 9999; ++i) wanted.push_back(a[i] + b[i % 3333]);
  EXPECT_THAT(Compute(OpType::kAdd, {}, {Floats({3, 3333}, a), Floats({3333}, b)}, Shape({3, 3333})), Holds(wanted));
}

TEST(ReferenceArithmetic, OfNoElementsGivesNone) {
  EXPECT_THAT(Compute(OpType::kAdd, {}, {Floats({0, 3}, {}), Floats({1}, {1})}, Shape({0, 3})), Holds({}));
}

TEST(ReferenceArithmetic, RefusesWhatDoesNotBroadcast) {
  const auto invalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(Compute(OpType::kAdd, {}, {Floats({2}, {1, 2}), Floats({3}, {1, 2, 3})}, Shape({3})), StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kAdd, {}, {Floats({1}, {1}), TensorOf(DataType::kInt8, {1}, {1})}, Shape({1})),
              StatusIs(invalid, ::testing::HasSubstr("Add: input 1: want float32, got int8")));
}

}  // namespace
}  // namespace onebyone
