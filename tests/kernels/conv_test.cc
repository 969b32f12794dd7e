#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <random>
#include <vector>

#include "tests/kernels/operands.h"
#include "tests/kernels/window_oracle.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::Absent;
using testing::Compute;
using testing::Counting;
using testing::Eighths;
using testing::Floats;
using testing::Holds;
using testing::HoldsNear;
using testing::IsOk;
using testing::StatusIs;
using testing::TensorOf;
using testing::ValuesOf;

ConvAttributes Attributes3x3(SpatialVector strides, SpatialVector pads) {
  ConvAttributes attributes;
  attributes.window.kernel = {3, 3};
  attributes.window.strides = strides;
  attributes.window.pads_begin = pads;
  attributes.window.pads_end = pads;
  return attributes;
}

// The example of the ONNX operator's documentation: a 5x5 picture under nine ones.
TEST(ReferenceConv, GivesTheDocumentedExampleWithPadding) {
  const Tensor x = Floats({1, 1, 5, 5}, Counting(25));
  const Tensor weights = Floats({1, 1, 3, 3}, std::vector<double>(9, 1.0));
  EXPECT_THAT(Compute(OpType::kConv, Attributes3x3({1, 1}, {1, 1}), {x, weights}, Shape({1, 1, 5, 5})),
              Holds({12,  21, 27, 33,  24,  33,  54,  63, 72,  51,  63,  99, 108,
                     117, 81, 93, 144, 153, 162, 111, 72, 111, 117, 123, 84}));
}

TEST(ReferenceConv, GivesTheDocumentedExampleWithStridesAndAsymmetricPads) {
  const Tensor x = Floats({1, 1, 7, 5}, Counting(35));
  const Tensor weights = Floats({1, 1, 3, 3}, std::vector<double>(9, 1.0));
  ConvAttributes attributes = Attributes3x3({2, 2}, {1, 0});
  EXPECT_THAT(Compute(OpType::kConv, attributes, {x, weights}, Shape({1, 1, 4, 2})),
              Holds({21, 33, 99, 117, 189, 207, 171, 183}));
}

TEST(ReferenceConv, AddsTheBiasOfEachMap) {
  const Tensor x = Floats({1, 1, 1, 2}, {1, 2});
  const Tensor weights = Floats({2, 1, 1, 1}, {3, -1});
  const Tensor bias = Floats({2}, {0.5, 10});
  EXPECT_THAT(Compute(OpType::kConv, ConvAttributes(), {x, weights, bias}, Shape({1, 2, 1, 2})),
              Holds({3.5, 6.5, 9, 8}));
}

TEST(ReferenceConv, TakesAnAbsentBiasForZero) {
  const Tensor x = Floats({1, 1, 1, 2}, {1, 2});
  const Tensor weights = Floats({1, 1, 1, 1}, {3});
  EXPECT_THAT(Compute(OpType::kConv, ConvAttributes(), {x, weights, Absent()}, Shape({1, 1, 1, 2})), Holds({3, 6}));
}

TEST(ReferenceConv, PadsAnEvenKernelMoreAtTheEndForSameUpper) {
  const Tensor x = Floats({1, 1, 1, 4}, {1, 2, 3, 4});
  const Tensor weights = Floats({1, 1, 1, 2}, {1, 10});
  ConvAttributes attributes;
  attributes.window.auto_pad = Window::AutoPad::kSameUpper;
  EXPECT_THAT(Compute(OpType::kConv, attributes, {x, weights}, Shape({1, 1, 1, 4})), Holds({21, 32, 43, 4}));
  attributes.window.auto_pad = Window::AutoPad::kSameLower;
  EXPECT_THAT(Compute(OpType::kConv, attributes, {x, weights}, Shape({1, 1, 1, 4})), Holds({10, 21, 32, 43}));
}

TEST(ReferenceConv, AppliesTheFusedActivationToTheSum) {
  const Tensor x = Floats({1, 1, 4}, {-2, -1, 1, 2});
  const Tensor weights = Floats({1, 1, 1}, {2});
  const Tensor bias = Floats({1}, {1});  // sums: -3 -1 3 5
  const auto run = [&](const Activation& activation) {
    ConvAttributes attributes;
    attributes.activation = activation;
    return Compute(OpType::kConv, attributes, {x, weights, bias}, Shape({1, 1, 4}));
  };
  EXPECT_THAT(run({Activation::Kind::kRelu}), Holds({0, 0, 3, 5}));
  EXPECT_THAT(run({Activation::Kind::kLeakyRelu, 0.25F}), Holds({-0.75, -0.25, 3, 5}));
  EXPECT_THAT(run({Activation::Kind::kClip, 0.0F, -2.0F, 4.0F}), Holds({-2, -1, 3, 4}));
  EXPECT_THAT(run({Activation::Kind::kSigmoid}),
              HoldsNear({0.04742587317756678, 0.2689414213699951, 0.9525741268224334, 0.9933071490757153}, 1e-7));
}

TEST(ReferenceConv, SumsInDoubleSoThatSmallTermsAreNotLost) {
  std::vector<double> values(1001, 1.0);
  values[0] = 16777216.0;  // 2^24: in float32, adding 1 to it changes nothing
  const Tensor x = Floats({1, 1001, 1}, values);
  const Tensor weights = Floats({1, 1001, 1}, std::vector<double>(1001, 1.0));
  EXPECT_THAT(Compute(OpType::kConv, ConvAttributes(), {x, weights}, Shape({1, 1, 1})), Holds({16778216.0}));
}

TEST(ReferenceConv, OfOneByOneIsTheMatrixProductAtEveryPixel) {
  std::mt19937 random(7);
  const Tensor x = Floats({2, 5, 3, 4}, Eighths(120, random));
  const Tensor weights = Floats({6, 5, 1, 1}, Eighths(30, random));
  absl::StatusOr<Tensor> maps = Compute(OpType::kConv, ConvAttributes(), {x, weights}, Shape({2, 6, 3, 4}));
  ASSERT_THAT(maps, IsOk());
  ASSERT_OK_AND_ASSIGN(const Tensor pixels, x.Reshaped({2, 5, 12}));
  ASSERT_OK_AND_ASSIGN(const Tensor matrix, weights.Reshaped({6, 5}));
  EXPECT_THAT(Compute(OpType::kMatMul, {}, {matrix, pixels}, Shape({2, 6, 12})), Holds(ValuesOf(*maps)));
}

TEST(ReferenceConv, WithAsManyGroupsAsChannelsTreatsEachChannelAlone) {
  std::mt19937 random(8);
  const std::vector<double> pixels = Eighths(3 * 20, random);
  const std::vector<double> taps = Eighths(3 * 9, random);
  ConvAttributes depthwise = Attributes3x3({1, 1}, {1, 1});
  depthwise.groups = 3;
  const auto together = Compute(OpType::kConv, depthwise, {Floats({1, 3, 4, 5}, pixels), Floats({3, 1, 3, 3}, taps)},
                                Shape({1, 3, 4, 5}));
  ASSERT_THAT(together, IsOk());
  std::vector<double> alone;
  for (int channel = 0; channel < 3; ++channel) {
    const std::vector<double> own(pixels.begin() + channel * 20, pixels.begin() + (channel + 1) * 20);
    const std::vector<double> own_taps(taps.begin() + channel * 9, taps.begin() + (channel + 1) * 9);
    const auto map = Compute(OpType::kConv, Attributes3x3({1, 1}, {1, 1}),
                             {Floats({1, 1, 4, 5}, own), Floats({1, 1, 3, 3}, own_taps)}, Shape({1, 1, 4, 5}));
    ASSERT_THAT(map, IsOk());
    const std::vector<double> values = ValuesOf(*map);
    alone.insert(alone.end(), values.begin(), values.end());
  }
  EXPECT_EQ(ValuesOf(*together), alone);
}

struct Case {
  Shape x;
  int64_t maps;
  int64_t groups;
  SpatialVector kernel, strides, dilations, pads_begin, pads_end;
  Shape output;
};

void PrintTo(const Case& c, std::ostream* stream) {
  *stream << c.x.ToString() << " to " << c.output.ToString() << " in " << c.groups << " groups";
}

class ReferenceConvOracle : public ::testing::TestWithParam<std::tuple<Case, DataType>> {};

// Multiples of 1/8 up to 4: products and sums are exact in double, so that the order of summation does not matter.
TEST_P(ReferenceConvOracle, EqualsTheDefinition) {
  const auto& [c, type] = GetParam();
  const unsigned seed = 11;
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const int64_t group_channels = c.x[1] / c.groups;
  ConvAttributes attributes;
  attributes.groups = c.groups;
  attributes.window = {c.kernel, c.strides, c.dilations, c.pads_begin, c.pads_end};
  Shape weight_shape({c.maps, group_channels});
  for (const int64_t extent : c.kernel) weight_shape.Append(extent);
  const std::vector<double> x = Eighths(c.x.Elements(), random);
  const std::vector<double> weights = Eighths(weight_shape.Elements(), random);
  const std::vector<double> bias = Eighths(c.maps, random);
  const int64_t taps = weight_shape.Elements() / std::max<int64_t>(1, c.maps * group_channels);
  const Shape channel(c.x.extents().subspan(2));
  std::vector<double> wanted;
  testing::ForEachIndex(c.output, [&](const std::vector<int64_t>& index) {
    double sum = bias[index[1]];
    const int64_t group = index[1] / (c.maps / c.groups);
    const std::vector<int64_t> place(index.begin() + 2, index.end());
    for (const testing::TapPlace& tap : testing::TapsOf(attributes.window, channel, place)) {
      if (tap.on != testing::TapPlace::On::kElement) continue;
      for (int64_t i = 0; i < group_channels; ++i) {
        sum += weights[(index[1] * group_channels + i) * taps + tap.tap] *
               x[(index[0] * c.x[1] + group * group_channels + i) * channel.Elements() + tap.offset];
      }
    }
    wanted.push_back(sum);
  });
  const Tensor rounded = TensorOf(type, c.output, wanted);
  EXPECT_THAT(Compute(OpType::kConv, attributes,
                      {TensorOf(type, c.x, x), TensorOf(type, weight_shape, weights), TensorOf(type, {c.maps}, bias)},
                      c.output),
              Holds(ValuesOf(rounded)));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ReferenceConvOracle,
    ::testing::Combine(
        ::testing::Values(
            Case{{2, 3, 7}, 4, 1, {3}, {2}, {1}, {1}, {0}, {2, 4, 3}},                       // 1-D
            Case{{1, 2, 9}, 2, 2, {3}, {1}, {3}, {4}, {2}, {1, 2, 9}},                       // dilated
            Case{{2, 4, 6, 5}, 6, 2, {3, 2}, {1, 2}, {1, 1}, {1, 0}, {2, 1}, {2, 6, 7, 3}},  // groups
            Case{{1, 3, 8, 8}, 2, 1, {2, 4}, {3, 1}, {2, 2}, {0, 3}, {1, 0}, {1, 2, 3, 5}},  // even
            Case{{1, 1, 2, 3}, 1, 1, {5, 5}, {1, 1}, {1, 1}, {2, 2}, {2, 2}, {1, 1, 2, 3}},  // larger
            Case{{1, 2, 3, 3}, 2, 1, {1, 1}, {2, 2}, {1, 1}, {3, 3}, {3, 3}, {1, 2, 5, 5}},  // far pads
            Case{{1, 2, 4, 5, 3}, 2, 1, {2, 3, 2}, {1, 2, 1}, {2, 1, 1}, {1, 1, 0}, {0, 1, 1}, {1, 2, 3, 3, 3}},
            Case{{1, 4, 2, 3, 2, 3},
                 2,
                 2,
                 {1, 2, 2, 1},
                 {1, 1, 1, 1},
                 {1, 1, 1, 1},
                 {0, 0, 0, 0},
                 {0, 1, 0, 0},
                 {1, 2, 2, 3, 1, 3}},                                                         // 4-D
            Case{{0, 3, 4, 4}, 2, 1, {3, 3}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, {0, 2, 2, 2}},   // no images
            Case{{1, 0, 2, 2}, 2, 1, {1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, {1, 2, 2, 2}}),  // no channels
        ::testing::ValuesIn(testing::FloatingTypes())));

TEST(ReferenceConv, RefusesWhatDoesNotFit) {
  const Tensor x = Floats({1, 4, 3, 3}, Counting(36));
  const Tensor weights = Floats({2, 4, 1, 1}, Counting(8));
  const auto run = [&](const ConvAttributes& attributes, const Tensor& w, const Shape& output) {
    return Compute(OpType::kConv, attributes, {x, w}, output).status();
  };
  const auto invalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(run({}, weights, {1, 2, 2, 3}), StatusIs(invalid, ::testing::HasSubstr("want float32 [1, 2, 3, 3]")));
  ConvAttributes three_groups;
  three_groups.groups = 3;
  EXPECT_THAT(run(three_groups, weights, {1, 2, 3, 3}), StatusIs(invalid, ::testing::HasSubstr("groups")));
  ConvAttributes no_groups;
  no_groups.groups = 0;
  EXPECT_THAT(run(no_groups, weights, {1, 2, 3, 3}), StatusIs(invalid));
  EXPECT_THAT(run({}, Floats({2, 3, 1, 1}, Counting(6)), {1, 2, 3, 3}), StatusIs(invalid));
  EXPECT_THAT(run({}, Floats({2, 4, 1}, Counting(8)), {1, 2, 3, 3}), StatusIs(invalid, ::testing::HasSubstr("rank")));
  EXPECT_THAT(run({}, TensorOf(DataType::kFloat64, {2, 4, 1, 1}, Counting(8)), {1, 2, 3, 3}), StatusIs(invalid));
  EXPECT_THAT(run({}, Floats({1, 4, 4, 4}, Counting(64)), {1, 1, 1, 1}),
              StatusIs(invalid, ::testing::HasSubstr("window")));
}

}  // namespace
}  // namespace onebyone
