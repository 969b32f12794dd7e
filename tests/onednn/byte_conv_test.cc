#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/kernels/onednn/threads.h"
#include "engine/kernels/reference_kernels.h"
#include "tests/onednn/kernel_runner.h"

// Convolutions of bytes beside the plain reference in float32.

namespace onebyone {
namespace {

using testing::IsOk;
using testing::RandomTensor;
using testing::RunKernel;
using testing::StatusIs;

struct Case {
  int64_t channels, side, out_channels, kernel, stride, groups;
  bool is_signed;      // the input
  bool signed_result;  // no activation
  bool float_result = false;
};

ConvSpec SpecOf(const Case& c) {
  const int64_t pad = c.kernel / 2;
  const int64_t side = (c.side + 2 * pad - c.kernel) / c.stride + 1;
  ConvSpec spec;
  spec.src = {1, c.channels, c.side, c.side};
  spec.dst = {1, c.out_channels, side, side};
  const Quantization src = QuantizationFor(c.is_signed ? -1.0F : 0.0F, 1.0F);
  spec.src_layout = ByteLayout(src);
  spec.src_scale = src.scale;
  spec.attributes.window = {{c.kernel, c.kernel}, {c.stride, c.stride}, {1, 1},
                            {pad, pad},           {pad, pad},           Window::AutoPad::kExplicit};
  spec.attributes.groups = c.groups;
  if (!c.signed_result) spec.attributes.activation = Activation{};
  spec.weights =
      std::make_shared<const Tensor>(RandomTensor({c.out_channels, c.channels / c.groups, c.kernel, c.kernel}, 2));
  spec.bias = std::make_shared<const Tensor>(RandomTensor({c.out_channels}, 3));
  return spec;
}

Tensor InputOf(const ConvSpec& spec) {
  Tensor src = RandomTensor(spec.src, 1);
  if (spec.src_layout == Layout::kChannelsLastInt8) return src;
  for (int64_t i = 0; i < src.elements(); ++i) src.As<float>()[i] = std::abs(src.As<float>()[i]);
  return src;
}

Tensor Expected(const ConvSpec& spec, const Tensor& src) {
  Tensor result = *Tensor::Create(DataType::kFloat32, spec.dst);
  EXPECT_THAT(RunReference(OpType::kConv, spec.attributes, {src.view(), spec.weights->view(), spec.bias->view()},
                           {result.view()}),
              IsOk());
  return result;
}

Tensor RunBytes(const Kernel& kernel, const ConvSpec& spec, const Tensor& src) {
  AlignedBuffer in = *AlignedBuffer::Create(static_cast<size_t>(LayoutBytes(spec.src, spec.src_layout)));
  AlignedBuffer out = *AlignedBuffer::Create(static_cast<size_t>(LayoutBytes(spec.dst, spec.dst_layout)));
  Tensor result = *Tensor::Create(DataType::kFloat32, spec.dst);
  RunKernel(**MakeReorder(spec.src, Layout::kPlain, spec.src_layout, spec.src_scale), {src.data()}, in.data());
  RunKernel(kernel, {in.data()}, out.data());
  RunKernel(**MakeReorder(spec.dst, spec.dst_layout, Layout::kPlain, spec.dst_scale), {out.data()}, result.data());
  return result;
}

class ByteConv : public ::testing::TestWithParam<Case> {};

TEST_P(ByteConv, IsWithinTheRoundingOfBytes) {
  const ScopedThreads one_thread(1);
  ConvSpec spec = SpecOf(GetParam());
  const Tensor src = InputOf(spec);
  const Tensor wanted = Expected(spec, src);
  const float* elements = wanted.As<float>();
  const auto [low, high] = std::minmax_element(elements, elements + wanted.elements());
  const Quantization dst = QuantizationFor(*low, *high);
  spec.dst_layout = GetParam().float_result ? Layout::kChannelsLast : ByteLayout(dst);
  spec.dst_scale = GetParam().float_result ? 1.0F : dst.scale;
  WeightCache weights;
  const auto kernel = MakeConv(spec, weights);
  if (absl::IsUnimplemented(kernel.status())) GTEST_SKIP() << "no vector kernel here: " << kernel.status();
  ASSERT_THAT(kernel, IsOk());
  const Tensor got = RunBytes(**kernel, spec, src);

  const float largest = std::max(std::abs(*low), std::abs(*high));
  double squared_error = 0;
  double squares = 0;
  for (int64_t i = 0; i < got.elements(); ++i) {
    const double difference = static_cast<double>(got.As<float>()[i]) - elements[i];
    EXPECT_LE(std::abs(difference), 0.05 * largest) << "element " << i;
    squared_error += difference * difference;
    squares += static_cast<double>(elements[i]) * elements[i];
  }
  EXPECT_LE(std::sqrt(squared_error / squares), 0.03);
  EXPECT_GT(squared_error, 0.0) << "not in bytes at all";
}

INSTANTIATE_TEST_SUITE_P(OverShapes, ByteConv,
                         ::testing::Values(Case{3, 33, 64, 7, 2, 1, true, false},     // the stem, of signed pixels
                                           Case{64, 14, 96, 1, 1, 1, false, false},   // a reduction
                                           Case{96, 14, 128, 3, 1, 1, false, false},  //
                                           Case{16, 14, 48, 5, 1, 1, false, false},
                                           Case{24, 15, 40, 3, 2, 1, false, true},    // channels that fill no register
                                           Case{32, 12, 32, 3, 1, 1, true, true},     // signed on both sides
                                           Case{32, 12, 32, 3, 1, 32, false, false},  // depthwise
                                           Case{64, 14, 24, 1, 1, 1, false, true, true}));  // a result in float32

TEST(ByteConv, ScalesTheBoundsOfAClip) {
  const ScopedThreads one_thread(1);
  ConvSpec spec = SpecOf({64, 14, 96, 1, 1, 1, false, false});
  spec.attributes.activation = Activation{Activation::Kind::kClip, 0.0F, 0.0F, 0.5F};
  spec.dst_layout = Layout::kChannelsLastUInt8;
  spec.dst_scale = 1.0F / 255;  // bytes could tell of numbers up to 1
  WeightCache weights;
  const auto kernel = MakeConv(spec, weights);
  if (absl::IsUnimplemented(kernel.status())) GTEST_SKIP() << "no vector kernel here: " << kernel.status();
  ASSERT_THAT(kernel, IsOk());
  const Tensor got = RunBytes(**kernel, spec, InputOf(spec));
  const float* elements = got.As<float>();
  EXPECT_NEAR(*std::max_element(elements, elements + got.elements()), 0.5F, 1.0F / 255);
  EXPECT_EQ(*std::min_element(elements, elements + got.elements()), 0.0F);
}

// Of every activation that may come before: below zero there is no root.
TEST(ByteConv, WritesTheNearestRootsWhereItsResultIsCompanded) {
  const ScopedThreads one_thread(1);
  for (const std::optional<Activation>& activation :
       {std::optional<Activation>(), std::optional(Activation{Activation::Kind::kRelu}),
        std::optional(Activation{Activation::Kind::kClip, 0.0F, 0.0F, 0.5F})}) {
    ConvSpec spec = SpecOf({3, 33, 64, 7, 2, 1, true, false});
    spec.attributes.activation = activation;
    const Tensor src = InputOf(spec);
    WeightCache weights;
    spec.dst_layout = Layout::kChannelsLast;
    const auto to_floats = MakeConv(spec, weights);
    if (absl::IsUnimplemented(to_floats.status())) GTEST_SKIP() << "no vector kernel here: " << to_floats.status();
    ASSERT_THAT(to_floats, IsOk());
    const Tensor numbers = RunBytes(**to_floats, spec, src);

    const Quantization quantization = CompandedQuantizationFor(4.0F);
    spec.dst_layout = ByteLayout(quantization);
    spec.dst_scale = quantization.scale;
    const auto to_bytes = MakeConv(spec, weights);
    ASSERT_THAT(to_bytes, IsOk());
    AlignedBuffer in = *AlignedBuffer::Create(static_cast<size_t>(LayoutBytes(spec.src, spec.src_layout)));
    AlignedBuffer out = *AlignedBuffer::Create(static_cast<size_t>(LayoutBytes(spec.dst, spec.dst_layout)));
    RunKernel(**MakeReorder(spec.src, Layout::kPlain, spec.src_layout, spec.src_scale), {src.data()}, in.data());
    RunKernel(**to_bytes, {in.data()}, out.data());
    const auto* bytes = reinterpret_cast<const uint8_t*>(out.data());
    const int64_t pixels = spec.dst[2] * spec.dst[3];
    for (int64_t i = 0; i < numbers.elements(); ++i) {
      const float number = std::max(0.0F, numbers.As<float>()[i]);
      const float wanted = std::min(255.0F, std::sqrt(number / quantization.scale));
      ASSERT_NEAR(bytes[i % pixels * spec.dst[1] + i / pixels], wanted, 0.51F) << "element " << i;
    }
  }
}

// CPUs without VNNI add two products in 16 bits: the largest bytes and weights must still come out right.
TEST(ByteConv, DoesNotSaturateOnTheWay) {
  const ScopedThreads one_thread(1);
  ConvSpec spec = SpecOf({64, 6, 32, 1, 1, 1, false, false, true});
  spec.dst_layout = Layout::kChannelsLast;
  Tensor weights = RandomTensor(spec.weights->shape(), 2);
  for (int64_t i = 0; i < weights.elements(); ++i) weights.As<float>()[i] = i / 64 % 2 == 0 ? 1.0F : -1.0F;
  spec.weights = std::make_shared<const Tensor>(std::move(weights));
  spec.attributes.activation.reset();
  Tensor src = RandomTensor(spec.src, 1);
  std::fill_n(src.As<float>(), src.elements(), 1.0F);
  WeightCache cache;
  const auto kernel = MakeConv(spec, cache);
  if (absl::IsUnimplemented(kernel.status())) GTEST_SKIP() << "no vector kernel here: " << kernel.status();
  ASSERT_THAT(kernel, IsOk());
  const Tensor got = RunBytes(**kernel, spec, src);
  const Tensor wanted = Expected(spec, src);
  for (int64_t i = 0; i < got.elements(); ++i) ASSERT_NEAR(got.As<float>()[i], wanted.As<float>()[i], 0.01);
}

// Found by engine_difference: oneDNN 2.6 lists a kernel for this, and fails to make it.
TEST(ByteConv, GoesOnToAKernelThatCanBeMade) {
  const ScopedThreads one_thread(1);
  ConvSpec spec = SpecOf({72, 16, 16, 1, 1, 2, true, true, true});
  spec.attributes.window.kernel = {1, 4};
  spec.attributes.window.pads_begin = {0, 2};
  spec.attributes.window.pads_end = {0, 1};
  spec.attributes.activation = Activation{Activation::Kind::kSigmoid};
  spec.weights = std::make_shared<const Tensor>(RandomTensor({16, 36, 1, 4}, 2));
  spec.dst_layout = Layout::kChannelsLast;
  const Tensor src = InputOf(spec);
  WeightCache weights;
  const auto kernel = MakeConv(spec, weights);
  if (absl::IsUnimplemented(kernel.status())) GTEST_SKIP() << "no vector kernel here: " << kernel.status();
  ASSERT_THAT(kernel, IsOk());
  const Tensor got = RunBytes(**kernel, spec, src);
  const Tensor wanted = Expected(spec, src);
  for (int64_t i = 0; i < got.elements(); ++i) ASSERT_NEAR(got.As<float>()[i], wanted.As<float>()[i], 0.05);
}

TEST(ByteConv, HasNoBytesForASigmoid) {
  ConvSpec spec = SpecOf({64, 14, 96, 1, 1, 1, false, false});
  spec.attributes.activation = Activation{Activation::Kind::kSigmoid};
  spec.dst_layout = Layout::kChannelsLastUInt8;
  WeightCache weights;
  EXPECT_THAT(MakeConv(spec, weights), StatusIs(absl::StatusCode::kUnimplemented));
}

TEST(ByteReorder, SaturatesAndRoundsToTheNearestByte) {
  const Shape shape = {1, 2, 1, 3};
  Tensor src = *Tensor::Create(DataType::kFloat32, shape);
  const float numbers[] = {0.0F, 0.24F, 0.26F, 300.0F, -5.0F, 63.5F};
  std::copy(std::begin(numbers), std::end(numbers), src.As<float>());
  AlignedBuffer bytes = *AlignedBuffer::Create(6);
  RunKernel(**MakeReorder(shape, Layout::kPlain, Layout::kChannelsLastUInt8, 0.5F), {src.data()}, bytes.data());
  const auto* byte = reinterpret_cast<const uint8_t*>(bytes.data());
  EXPECT_THAT(std::vector<int>(byte, byte + 6), ::testing::ElementsAre(0, 255, 0, 0, 1, 127));
}

}  // namespace
}  // namespace onebyone
