#include <gmock/gmock.h>

#include <vector>

#include "tests/kernels/operands.h"
#include "tests/testing/status_matchers.h"

// BatchNormalization, LRN and DequantizeLinear: what works along the channels. Literals without a comment are numpy's,
// from the formulas of the ONNX operators.

namespace onebyone {
namespace {

using testing::Absent;
using testing::Compute;
using testing::Counting;
using testing::Floats;
using testing::Holds;
using testing::HoldsNear;
using testing::StatusIs;
using testing::TensorOf;

const std::vector<double>& NormalizedCounting() {
  static const std::vector<double> values = {-2.6832815729997477, -1.7888543819998317, 0.5149287499273341,
                                             0.757464374963667,   3.07842712474619,    0.25,
                                             2.6832815729997477,  3.5777087639996634,  1.9701425001453319,
                                             2.212678125181665,   -13.89213562373095,  -16.72056274847714};
  return values;
}

std::vector<Tensor> NormalizationInputs(DataType type, DataType parameters, const Shape& shape) {
  return {TensorOf(type, shape, Counting(12)), TensorOf(parameters, {3}, {1, 0.5, -2}),
          TensorOf(parameters, {3}, {0, 1, 0.25}), TensorOf(parameters, {3}, {3, 4, 5}),
          TensorOf(parameters, {3}, {1, 4, 0.25})};
}

TEST(ReferenceBatchNormalization, NormalizesEachChannelInAnyRank) {
  for (const Shape& shape : {Shape({2, 3, 2}), Shape({2, 3, 1, 2}), Shape({2, 3, 2, 1, 1})}) {
    EXPECT_THAT(Compute(OpType::kBatchNormalization, BatchNormalizationAttributes{0.25F},
                        NormalizationInputs(DataType::kFloat64, DataType::kFloat64, shape), shape),
                HoldsNear(NormalizedCounting(), 1e-14))
        << shape.ToString();
  }
  const std::vector<Tensor> vectors = {Floats({2, 1}, {3, 5}), Floats({1}, {2}), Floats({1}, {1}), Floats({1}, {4}),
                                       Floats({1}, {0.75})};
  EXPECT_THAT(Compute(OpType::kBatchNormalization, BatchNormalizationAttributes{0.25F}, vectors, Shape({2, 1})),
              Holds({-1, 3}));
}

TEST(ReferenceBatchNormalization, TakesParametersOfAnotherFloatType) {
  const Shape shape({2, 3, 2});
  EXPECT_THAT(Compute(OpType::kBatchNormalization, BatchNormalizationAttributes{0.25F},
                      NormalizationInputs(DataType::kFloat16, DataType::kFloat32, shape), shape),
              HoldsNear(NormalizedCounting(), 0.01));
}

TEST(ReferenceBatchNormalization, RefusesParametersOfOtherChannelCounts) {
  std::vector<Tensor> inputs = NormalizationInputs(DataType::kFloat32, DataType::kFloat32, {2, 3, 2});
  inputs[4] = Floats({2}, {1, 1});
  EXPECT_THAT(Compute(OpType::kBatchNormalization, BatchNormalizationAttributes(), inputs, Shape({2, 3, 2})),
              StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("input 4: want shape [3], got [2]")));
}

TEST(ReferenceLrn, DividesByThePowerOfNeighbouringChannels) {
  const Tensor x = TensorOf(DataType::kFloat64, {1, 6, 1}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(Compute(OpType::kLrn, LrnAttributes{5, 0.5F, 0.75F, 1.0F}, {x}, Shape({1, 6, 1})),
              HoldsNear({0.5186108144070652, 0.7071067811865475, 0.7369469694403247, 0.7113117640155692,
                         0.9167830591597849, 1.184436578078933},
                        1e-14));
}

TEST(ReferenceLrn, LooksFurtherAheadThanBackWithAnEvenSize) {
  const Tensor x = TensorOf(DataType::kFloat64, {1, 6}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(Compute(OpType::kLrn, LrnAttributes{4, 2.0F, 0.5F, 2.0F}, {x}, Shape({1, 6})),
              HoldsNear({0.3333333333333333, 0.48507125007266594, 0.5570860145311556, 0.5962847939999439,
                         0.7856742013183862, 1.0524696231684352},
                        1e-14));
}

TEST(ReferenceLrn, TreatsEveryImageAndPixelAlone) {
  const Tensor together = Floats({2, 2, 1, 2}, {3, 0, 4, 1, 0, 0, 2, 0});
  // size 3 covers both channels: 3 / (1 + 25), 0 / (1 + 1), 4 / 26, 1 / 2, ...
  EXPECT_THAT(Compute(OpType::kLrn, LrnAttributes{3, 3.0F, 1.0F, 1.0F}, {together}, Shape({2, 2, 1, 2})),
              HoldsNear({3 / 26.0, 0, 4 / 26.0, 0.5, 0, 0, 2 / 5.0, 0}, 1e-7));
}

TEST(ReferenceLrn, TakesAWindowWiderThanTheChannels) {
  EXPECT_THAT(Compute(OpType::kLrn, LrnAttributes{1001, 1001.0F, 1.0F, 0.0F}, {Floats({1, 2}, {3, 4})}, Shape({1, 2})),
              HoldsNear({3 / 25.0, 4 / 25.0}, 1e-7));
  EXPECT_THAT(Compute(OpType::kLrn, LrnAttributes{0, 1.0F, 1.0F, 1.0F}, {Floats({1, 2}, {3, 4})}, Shape({1, 2})),
              StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("size")));
}

TEST(ReferenceDequantizeLinear, ScalesAllElementsAlike) {
  const auto run = [](DataType type, const std::vector<double>& values, double zero_point) {
    return Compute(OpType::kDequantizeLinear, QuantizeAttributes(),
                   {TensorOf(type, {3}, values), Floats({}, {0.5}), TensorOf(type, {}, {zero_point})},
                   {DataType::kFloat32, Shape({3})});
  };
  EXPECT_THAT(run(DataType::kUInt8, {0, 128, 255}, 128), Holds({-64, 0, 63.5}));
  EXPECT_THAT(run(DataType::kInt8, {-128, 0, 127}, -128), Holds({0, 64, 127.5}));
  EXPECT_THAT(run(DataType::kInt32, {-2147483648.0, 0, 1024}, 0), Holds({-1073741824.0, 0, 512}));
}

TEST(ReferenceDequantizeLinear, ScalesEachIndexOfAnAxisByItsOwnNumber) {
  const Tensor x = TensorOf(DataType::kUInt8, {2, 3, 2}, Counting(12));
  const Tensor scales = Floats({3}, {1, 2, 0.5});
  const Tensor zero_points = TensorOf(DataType::kUInt8, {3}, {0, 1, 4});
  const std::vector<double> wanted = {0, 1, 2, 4, 0, 0.5, 6, 7, 14, 16, 3, 3.5};
  for (const int64_t axis : {1, -2}) {
    EXPECT_THAT(Compute(OpType::kDequantizeLinear, QuantizeAttributes{axis}, {x, scales, zero_points},
                        {DataType::kFloat32, Shape({2, 3, 2})}),
                Holds(wanted));
  }
}

TEST(ReferenceDequantizeLinear, TakesAnAbsentZeroPointForZero) {
  const Tensor x = TensorOf(DataType::kInt8, {2, 2}, {-4, 2, 1, 3});
  EXPECT_THAT(Compute(OpType::kDequantizeLinear, QuantizeAttributes{0}, {x, Floats({2}, {0.25, 2}), Absent()},
                      {DataType::kFloat32, Shape({2, 2})}),
              Holds({-1, 0.5, 2, 6}));
}

TEST(ReferenceDequantizeLinear, RefusesScalesThatDoNotFitTheAxis) {
  const Tensor x = TensorOf(DataType::kInt8, {2, 3}, Counting(6));
  const auto run = [&](int64_t axis, const Tensor& scale, const Tensor& zero_point) {
    return Compute(OpType::kDequantizeLinear, QuantizeAttributes{axis}, {x, scale, zero_point},
                   {DataType::kFloat32, Shape({2, 3})});
  };
  const auto invalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(run(1, Floats({2}, {1, 1}), Absent()), StatusIs(invalid, ::testing::HasSubstr("scale")));
  EXPECT_THAT(run(2, Floats({3}, {1, 1, 1}), Absent()), StatusIs(invalid, ::testing::HasSubstr("axis")));
  EXPECT_THAT(run(1, Floats({3}, {1, 1, 1}), TensorOf(DataType::kInt8, {}, {0})),
              StatusIs(invalid, ::testing::HasSubstr("zero point")));
  EXPECT_THAT(run(1, Floats({}, {1}), TensorOf(DataType::kUInt8, {}, {0})), StatusIs(invalid));
}

}  // namespace
}  // namespace onebyone
