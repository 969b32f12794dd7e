#include <gmock/gmock.h>

#include <cmath>
#include <vector>

#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/kernels/onednn/threads.h"
#include "engine/tensor/aligned_buffer.h"
#include "tests/onednn/kernel_runner.h"
#include "tests/onednn/plain_conv.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::ErrorOf;
using testing::IsOk;
using testing::PlainConv;
using testing::RandomTensor;
using testing::RunInLayout;

struct Case {
  int64_t channels, side, out_channels, kernel, stride, pad_begin, pad_end, dilation, groups;
  ConvVariant variant = {};
};

constexpr ConvVariant kSecond = {ConvVariant::Algorithm::kDirect, 1};
constexpr ConvVariant kWinograd = {ConvVariant::Algorithm::kWinograd};
constexpr ConvVariant kSecondWinograd = {ConvVariant::Algorithm::kWinograd, 1};

bool IsWinograd(const Case& c) { return c.variant.algorithm == ConvVariant::Algorithm::kWinograd; }

ConvSpec SpecOf(const Case& c) {
  const int64_t reach = c.dilation * (c.kernel - 1) + 1;
  const int64_t side = (c.side + c.pad_begin + c.pad_end - reach) / c.stride + 1;
  ConvSpec spec;
  spec.src = {1, c.channels, c.side, c.side};
  spec.dst = {1, c.out_channels, side, side};
  spec.src_layout = c.channels <= 3 || c.groups > 1 ? Layout::kPlain : Layout::kBlocked;
  spec.dst_layout = c.groups > 1 ? Layout::kPlain : Layout::kBlocked;
  spec.attributes.window = {{c.kernel, c.kernel},       {c.stride, c.stride},   {c.dilation, c.dilation},
                            {c.pad_begin, c.pad_begin}, {c.pad_end, c.pad_end}, Window::AutoPad::kExplicit};
  spec.attributes.groups = c.groups;
  spec.attributes.activation = Activation{};
  spec.weights =
      std::make_shared<const Tensor>(RandomTensor({c.out_channels, c.channels / c.groups, c.kernel, c.kernel}, 2));
  spec.bias = std::make_shared<const Tensor>(RandomTensor({c.out_channels}, 3));
  spec.variant = c.variant;
  return spec;
}

class OnednnConv : public ::testing::TestWithParam<Case> {};

TEST_P(OnednnConv, EqualsTheDefinition) {
  const ScopedThreads one_thread(1);
  const ConvSpec spec = SpecOf(GetParam());
  WeightCache weights;
  const auto kernel = MakeConv(spec, weights);
  if (GetParam().variant != ConvVariant() && absl::IsUnimplemented(kernel.status())) {
    GTEST_SKIP() << "this CPU has no such kernel: " << kernel.status();
  }
  ASSERT_THAT(kernel, IsOk());
  const bool winograd = IsWinograd(GetParam());
  EXPECT_LE(ErrorOf(**kernel, spec), winograd ? 2e-5 : 2e-6);
}

TEST_P(OnednnConv, IsWithinTheRoundingOfBFloat16) {
  const ScopedThreads one_thread(1);
  ConvSpec spec = SpecOf(GetParam());
  if (spec.variant.algorithm == ConvVariant::Algorithm::kWinograd) spec.variant = {};
  spec.src_layout = IsBlocked(spec.src_layout) ? Layout::kBlockedBFloat16 : Layout::kPlainBFloat16;
  spec.dst_layout = IsBlocked(spec.dst_layout) ? Layout::kBlockedBFloat16 : Layout::kPlainBFloat16;
  WeightCache weights;
  const auto kernel = MakeConv(spec, weights);
  if (absl::IsUnimplemented(kernel.status())) GTEST_SKIP() << "no vector kernel here: " << kernel.status();
  ASSERT_THAT(kernel, IsOk());
  const double error = ErrorOf(**kernel, spec);
  EXPECT_LE(error, 1.0 / 64);  // inputs, weights and result keep 8 bits each
  EXPECT_GT(error, 1e-5) << "not in bfloat16 at all";
}

INSTANTIATE_TEST_SUITE_P(OverShapes, OnednnConv,
                         ::testing::Values(Case{3, 33, 64, 7, 2, 3, 3, 1, 1},            // the stem
                                           Case{64, 14, 96, 1, 1, 0, 0, 1, 1},           // a reduction
                                           Case{24, 14, 64, 5, 1, 2, 2, 1, 1},           // channels that fill no block
                                           Case{32, 15, 40, 3, 2, 0, 1, 1, 1},           // asymmetric pads
                                           Case{16, 12, 16, 4, 1, 1, 2, 1, 1},           // an even kernel
                                           Case{16, 20, 32, 3, 1, 2, 2, 2, 1},           // dilated
                                           Case{12, 10, 18, 3, 1, 1, 1, 1, 3},           // groups that cut blocks
                                           Case{64, 14, 96, 1, 1, 0, 0, 1, 1, kSecond},  // another kernel for it
                                           Case{64, 28, 96, 3, 1, 1, 1, 1, 1, kWinograd},
                                           Case{96, 14, 208, 3, 1, 1, 1, 1, 1, kWinograd},
                                           Case{96, 14, 208, 3, 1, 1, 1, 1, 1, kSecondWinograd},
                                           Case{24, 13, 48, 3, 1, 1, 1, 1, 1, kWinograd}));

TEST(OnednnConv, HasAPlainButNoBlockedKernelForAPointwiseConvolutionWithPadding) {
  const ScopedThreads one_thread(1);
  WeightCache weights;
  ConvSpec spec = SpecOf({64, 13, 96, 1, 1, 1, 1, 1, 1});
  EXPECT_THAT(MakeConv(spec, weights), testing::StatusIs(absl::StatusCode::kUnimplemented));
  spec.src_layout = spec.dst_layout = Layout::kPlain;
  const auto kernel = MakeConv(spec, weights);
  ASSERT_THAT(kernel, IsOk());
  const Tensor src = RandomTensor(spec.src, 1);
  const Tensor got = RunInLayout(**kernel, {src}, spec.src_layout, spec.dst, spec.dst_layout);
  EXPECT_NEAR(got.As<float>()[0], std::max(spec.bias->As<float>()[0], 0.0F), 1e-6F);  // the border sees padding alone
  EXPECT_NEAR(got.As<float>()[16], PlainConv(spec, src, 0, 1, 1), 1e-5F);
}

// 24 channels leave part of a block of 16 empty: it must be zero, and the next ones begin behind it.
TEST(OnednnConv, ComputesSiblingsAsOneEachFromAWholeBlockOn) {
  const ScopedThreads one_thread(1);
  const std::vector<ConvSpec> alone = {SpecOf({32, 9, 24, 1, 1, 0, 0, 1, 1}), SpecOf({32, 9, 32, 1, 1, 0, 0, 1, 1})};
  ConvSpec spec = alone[0];
  spec.siblings = {{alone[1].weights, alone[1].bias}};
  spec.dst[1] = WholeBlocks(24) + 32;
  spec.variant.algorithm = ConvVariant::Algorithm::kMerged;
  WeightCache weights;
  const auto kernel = MakeConv(spec, weights);
  ASSERT_THAT(kernel, IsOk());
  const Tensor src = RandomTensor(spec.src, 1);
  const Tensor got = RunInLayout(**kernel, {src}, spec.src_layout, spec.dst, spec.dst_layout);
  for (int64_t channel = 0; channel < spec.dst[1]; ++channel) {
    float wanted = 0.0F;
    if (channel < 24) wanted = PlainConv(alone[0], src, channel, 4, 5);
    if (channel >= WholeBlocks(24)) wanted = PlainConv(alone[1], src, channel - WholeBlocks(24), 4, 5);
    EXPECT_NEAR(got.As<float>()[(channel * 9 + 4) * 9 + 5], std::max(wanted, 0.0F), 1e-4F) << channel;
  }
}

TEST(WeightCache, PacksATensorOnceWhileItIsInUse) {
  WeightCache weights;
  const ConvSpec spec = SpecOf({64, 14, 96, 1, 1, 0, 0, 1, 1});
  {
    const auto first = *MakeConv(spec, weights);
    const int64_t before = AlignedBuffer::TotalCreated();
    const auto second = *MakeConv(spec, weights);
    EXPECT_EQ(AlignedBuffer::TotalCreated(), before);
    EXPECT_EQ(weights.live(), 1);
  }
  EXPECT_EQ(weights.live(), 0);
}

}  // namespace
}  // namespace onebyone
