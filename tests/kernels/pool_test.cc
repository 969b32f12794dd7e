#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <random>
#include <vector>

#include "tests/kernels/operands.h"
#include "tests/kernels/window_oracle.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::Compute;
using testing::ComputeAll;
using testing::Counting;
using testing::Eighths;
using testing::Floats;
using testing::Holds;
using testing::IsOk;
using testing::StatusIs;
using testing::TapPlace;
using testing::TensorOf;
using testing::ValuesOf;

PoolAttributes Square(int64_t kernel, int64_t stride, int64_t pad) {
  PoolAttributes attributes;
  attributes.window.kernel = {kernel, kernel};
  attributes.window.strides = {stride, stride};
  attributes.window.pads_begin = {pad, pad};
  attributes.window.pads_end = {pad, pad};
  return attributes;
}

std::vector<double> From1To(int count) {
  std::vector<double> values = Counting(count);
  for (double& value : values) value += 1;
  return values;
}

// The examples of the ONNX operators' documentation ("precomputed").
TEST(ReferenceMaxPool, GivesTheDocumentedExamples) {
  const Tensor x = Floats({1, 1, 5, 5}, From1To(25));
  EXPECT_THAT(
      Compute(OpType::kMaxPool, Square(5, 1, 2), {x}, Shape({1, 1, 5, 5})),
      Holds({13, 14, 15, 15, 15, 18, 19, 20, 20, 20, 23, 24, 25, 25, 25, 23, 24, 25, 25, 25, 23, 24, 25, 25, 25}));
  EXPECT_THAT(Compute(OpType::kMaxPool, Square(2, 2, 0), {x}, Shape({1, 1, 2, 2})), Holds({7, 9, 17, 19}));
  PoolAttributes ceil = Square(3, 2, 0);
  ceil.ceil_mode = true;
  EXPECT_THAT(Compute(OpType::kMaxPool, ceil, {Floats({1, 1, 4, 4}, From1To(16))}, Shape({1, 1, 2, 2})),
              Holds({11, 12, 15, 16}));
}

TEST(ReferenceAveragePool, GivesTheDocumentedExamples) {
  const Tensor x = Floats({1, 1, 5, 5}, From1To(25));
  EXPECT_THAT(Compute(OpType::kAveragePool, Square(5, 1, 2), {x}, Shape({1, 1, 5, 5})),
              Holds({7,    7.5, 8,    8.5, 9,    9.5, 10,   10.5, 11,   11.5, 12,   12.5, 13,
                     13.5, 14,  14.5, 15,  15.5, 16,  16.5, 17,   17.5, 18,   18.5, 19}));
  PoolAttributes padded = Square(5, 1, 2);
  padded.count_include_pad = true;
  EXPECT_THAT(Compute(OpType::kAveragePool, padded, {x}, Shape({1, 1, 5, 5})),
              testing::HoldsNear({2.52, 3.6, 4.8,  4.08, 3.24, 4.56,  6.4,  8.4,  7.04, 5.52, 7.2,  10,  13,
                                  10.8, 8.4, 6.96, 9.6,  12.4, 10.24, 7.92, 6.12, 8.4,  10.8, 8.88, 6.84},
                                 1e-6));
  PoolAttributes ceil = Square(3, 2, 0);
  ceil.ceil_mode = true;
  EXPECT_THAT(Compute(OpType::kAveragePool, ceil, {Floats({1, 1, 4, 4}, From1To(16))}, Shape({1, 1, 2, 2})),
              Holds({6, 7.5, 12, 13.5}));
}

// Rows: 4 elements, one of padding at each end, windows of 3 that step 2: at -1, 1 and, thanks to ceil_mode, 3, where
// the third position lies behind the padding and never counts.
TEST(ReferenceAveragePool, LeavesWhatLiesBehindThePaddingOutOfTheDivisor) {
  PoolAttributes attributes;
  attributes.window.kernel = {3};
  attributes.window.strides = {2};
  attributes.window.pads_begin = {1};
  attributes.window.pads_end = {1};
  attributes.ceil_mode = true;
  attributes.count_include_pad = true;
  const Tensor x = Floats({1, 1, 4}, {3, 6, 9, 12});
  EXPECT_THAT(Compute(OpType::kAveragePool, attributes, {x}, Shape({1, 1, 3})), Holds({3, 9, 6}));
  attributes.count_include_pad = false;
  EXPECT_THAT(Compute(OpType::kAveragePool, attributes, {x}, Shape({1, 1, 3})), Holds({4.5, 9, 12}));
}

TEST(ReferenceMaxPool, TellsWhereTheMaximaLieInTheWholeTensor) {
  // Two images of two channels of 2x3, each with its own order.
  const Tensor x = Floats({2, 2, 2, 3}, {0, 1, 2, 3, 4, 5,  //
                                         5, 4, 3, 2, 1, 0,  //
                                         0, 9, 0, 0, 0, 9,  //
                                         7, 0, 0, 0, 8, 0});
  PoolAttributes attributes = Square(2, 1, 0);
  const std::vector<testing::Wanted> outputs = {{DataType::kFloat32, {2, 2, 1, 2}}, {DataType::kInt64, {2, 2, 1, 2}}};
  ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> rows, ComputeAll(OpType::kMaxPool, attributes, {x}, outputs));
  EXPECT_THAT(ValuesOf(rows[0]), ::testing::ElementsAre(4, 5, 5, 4, 9, 9, 8, 8));
  EXPECT_THAT(ValuesOf(rows[1]), ::testing::ElementsAre(4, 5, 6, 7, 13, 13, 22, 22));
  attributes.column_major_indices = true;  // within a channel: row + 2 * column
  ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> columns, ComputeAll(OpType::kMaxPool, attributes, {x}, outputs));
  EXPECT_THAT(ValuesOf(columns[1]), ::testing::ElementsAre(3, 5, 6, 8, 14, 14, 21, 21));
}

TEST(ReferenceMaxPool, TakesTheFirstOfEqualMaxima) {
  const Tensor x = Floats({1, 1, 2, 2}, {3, 3, 3, 3});
  ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> outputs,
                       ComputeAll(OpType::kMaxPool, Square(2, 1, 0), {x},
                                  {{DataType::kFloat32, {1, 1, 1, 1}}, {DataType::kInt64, {1, 1, 1, 1}}}));
  EXPECT_THAT(ValuesOf(outputs[1]), ::testing::ElementsAre(0));
}

TEST(ReferenceMaxPool, NeverTakesPaddingForAMaximum) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(Compute(OpType::kMaxPool, Square(3, 2, 1), {Floats({1, 1, 2, 2}, {-5, -6, -7, -8})}, Shape({1, 1, 1, 1})),
              Holds({-5}));
  EXPECT_THAT(Compute(OpType::kMaxPool, Square(3, 2, 1), {Floats({1, 1, 1, 1}, {-infinity})}, Shape({1, 1, 1, 1})),
              Holds({-infinity}));
}

TEST(ReferenceMaxPool, LetsNanWin) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  absl::StatusOr<Tensor> maximum =
      Compute(OpType::kMaxPool, Square(2, 1, 0), {Floats({1, 1, 2, 3}, {1, nan, 9, 2, 3, 4})}, Shape({1, 1, 1, 2}));
  ASSERT_THAT(maximum, IsOk());
  EXPECT_THAT(ValuesOf(*maximum), ::testing::Each(::testing::IsNan()));
}

// A window of two elements three apart that straddles the only element touches nothing.
TEST(ReferencePool, GivesTheLowestNumberOrZeroWhereAWindowCoversNothing) {
  PoolAttributes attributes;
  attributes.window.kernel = {2};
  attributes.window.dilations = {2};
  attributes.window.pads_begin = {1};
  attributes.window.pads_end = {1};
  const Tensor x = Floats({1, 1, 1}, {5});
  ASSERT_OK_AND_ASSIGN(
      const std::vector<Tensor> maxima,
      ComputeAll(OpType::kMaxPool, attributes, {x}, {{DataType::kFloat32, {1, 1, 1}}, {DataType::kInt64, {1, 1, 1}}}));
  EXPECT_THAT(ValuesOf(maxima[0]), ::testing::ElementsAre(std::numeric_limits<float>::lowest()));
  EXPECT_THAT(ValuesOf(maxima[1]), ::testing::ElementsAre(-1));
  EXPECT_THAT(Compute(OpType::kAveragePool, attributes, {x}, Shape({1, 1, 1})), Holds({0}));
}

TEST(ReferencePool, OfAConstantIsTheConstant) {
  const Tensor x = Floats({2, 3, 7, 6}, std::vector<double>(252, 2.5));
  const Shape output({2, 3, 4, 3});
  EXPECT_THAT(Compute(OpType::kMaxPool, Square(3, 2, 1), {x}, output), Holds(std::vector<double>(72, 2.5)));
  EXPECT_THAT(Compute(OpType::kAveragePool, Square(3, 2, 1), {x}, output), Holds(std::vector<double>(72, 2.5)));
}

TEST(ReferenceMaxPool, KeepsLargeIntegersExact) {
  Tensor x = TensorOf(DataType::kInt64, {1, 1, 2}, {0, 0});
  x.As<int64_t>()[0] = (int64_t{1} << 62) + 1;
  x.As<int64_t>()[1] = int64_t{1} << 62;
  PoolAttributes attributes;
  attributes.window.kernel = {2};
  ASSERT_OK_AND_ASSIGN(const Tensor maximum, Compute(OpType::kMaxPool, attributes, {x}, Shape({1, 1, 1})));
  EXPECT_EQ(maximum.As<int64_t>()[0], (int64_t{1} << 62) + 1);
}

struct Case {
  Shape x;
  Window window;
  bool ceil_mode;
  Shape output;
};

void PrintTo(const Case& c, std::ostream* stream) { *stream << c.x.ToString() << " to " << c.output.ToString(); }

class ReferencePoolOracle : public ::testing::TestWithParam<std::tuple<Case, bool>> {
 protected:
  ReferencePoolOracle() {
    attributes_.window = c_.window;
    attributes_.ceil_mode = c_.ceil_mode;
  }

  // Calls `reduce` for every window with its taps and the offset of its channel.
  void ForEachWindow(const std::function<void(const std::vector<TapPlace>&, int64_t)>& reduce) const {
    const Shape channel(c_.x.extents().subspan(2));
    testing::ForEachIndex(c_.output, [&](const std::vector<int64_t>& index) {
      const std::vector<int64_t> place(index.begin() + 2, index.end());
      reduce(testing::TapsOf(c_.window, channel, place), (index[0] * c_.x[1] + index[1]) * channel.Elements());
    });
  }

  const Case c_ = std::get<0>(GetParam());
  const bool flag_ = std::get<1>(GetParam());
  PoolAttributes attributes_;
  std::mt19937 random_{23};
  const std::vector<double> x_ = Eighths(c_.x.Elements(), random_);
};

TEST_P(ReferencePoolOracle, MaximaEqualTheDefinition) {
  attributes_.column_major_indices = flag_;
  std::vector<double> maxima;
  std::vector<double> indices;
  ForEachWindow([&](const std::vector<TapPlace>& taps, int64_t channel) {
    double best = -100;
    double index = -1;
    for (const TapPlace& tap : taps) {
      if (tap.on != TapPlace::On::kElement || x_[channel + tap.offset] <= best) continue;
      best = x_[channel + tap.offset];
      index = static_cast<double>(channel + (flag_ ? tap.column_major : tap.offset));
    }
    maxima.push_back(best);
    indices.push_back(index);
  });
  for (const DataType type : testing::FloatingTypes()) {
    ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> outputs,
                         ComputeAll(OpType::kMaxPool, attributes_, {TensorOf(type, c_.x, x_)},
                                    {{type, c_.output}, {DataType::kInt64, c_.output}}));
    EXPECT_EQ(ValuesOf(outputs[0]), maxima) << NameOf(type);
    EXPECT_EQ(ValuesOf(outputs[1]), indices) << NameOf(type);
  }
}

TEST_P(ReferencePoolOracle, MeansEqualTheDefinition) {
  attributes_.count_include_pad = flag_;
  std::vector<double> means;
  ForEachWindow([&](const std::vector<TapPlace>& taps, int64_t channel) {
    double sum = 0;
    double count = 0;
    for (const TapPlace& tap : taps) {
      if (tap.on == TapPlace::On::kElement) sum += x_[channel + tap.offset];
      if (tap.on == TapPlace::On::kElement || (flag_ && tap.on == TapPlace::On::kPadding)) ++count;
    }
    means.push_back(sum / count);
  });
  for (const DataType type : testing::FloatingTypes()) {
    const Tensor rounded = TensorOf(type, c_.output, means);
    EXPECT_THAT(Compute(OpType::kAveragePool, attributes_, {TensorOf(type, c_.x, x_)}, c_.output),
                Holds(ValuesOf(rounded)))
        << NameOf(type);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ReferencePoolOracle,
    ::testing::Combine(
        ::testing::Values(
            Case{{2, 3, 9}, {{3}, {2}, {1}, {1}, {1}}, false, {2, 3, 5}},
            Case{{1, 2, 8, 6}, {{3, 3}, {2, 2}, {1, 1}, {0, 0}, {0, 0}}, true, {1, 2, 4, 3}},
            Case{{2, 2, 5, 7}, {{2, 4}, {1, 3}, {1, 1}, {1, 2}, {0, 1}}, false, {2, 2, 5, 3}},
            Case{{1, 1, 7, 7}, {{3, 2}, {1, 2}, {2, 3}, {2, 1}, {1, 0}}, true, {1, 1, 6, 3}},
            Case{{1, 2, 4, 5, 6}, {{2, 3, 2}, {2, 1, 3}, {1, 1, 1}, {0, 1, 1}, {1, 1, 0}}, true, {1, 2, 2, 5, 3}},
            Case{{2, 0, 4, 4}, {{2, 2}, {2, 2}, {1, 1}, {0, 0}, {0, 0}}, false, {2, 0, 2, 2}}),
        ::testing::Bool()));

TEST(ReferencePool, RefusesWhatDoesNotFit) {
  const Tensor x = Floats({1, 1, 3, 3}, Counting(9));
  const auto invalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(Compute(OpType::kMaxPool, Square(4, 1, 0), {x}, Shape({1, 1, 1, 1})), StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kMaxPool, PoolAttributes(), {x}, Shape({1, 1, 3, 3})), StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kAveragePool, Square(2, 1, 0), {x}, Shape({1, 1, 3, 3})), StatusIs(invalid));
  EXPECT_THAT(Compute(OpType::kMaxPool, Square(2, 0, 0), {x}, Shape({1, 1, 2, 2})), StatusIs(invalid));
  EXPECT_THAT(ComputeAll(OpType::kMaxPool, Square(2, 1, 0), {x},
                         {{DataType::kFloat32, {1, 1, 2, 2}}, {DataType::kInt32, {1, 1, 2, 2}}}),
              StatusIs(invalid, ::testing::HasSubstr("output 1: want int64")));
}

}  // namespace
}  // namespace onebyone
