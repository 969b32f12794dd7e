#include "engine/kernels/onednn/line_winograd.h"

#include <gmock/gmock.h>

#include <limits>
#include <memory>
#include <utility>

#include "engine/kernels/conv/cook_toom.h"
#include "engine/kernels/onednn/threads.h"
#include "tests/onednn/kernel_runner.h"
#include "tests/onednn/plain_conv.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using testing::ErrorOf;
using testing::IsOk;
using testing::RandomTensor;
using testing::RunInLayout;
using testing::StatusIs;

// The outputs of F(m, r) by its matrices, against the sum of products that they stand for.
template <int kOutputs, int kTaps>
double ErrorOfMatrices() {
  constexpr int kPoints = kOutputs + kTaps - 1;
  double largest = 0.0;
  for (int input = 0; input < kPoints; ++input) {  // linear in both: units are all there is to try
    for (int tap = 0; tap < kTaps; ++tap) {
      for (int output = 0; output < kOutputs; ++output) {
        double sum = 0.0;
        for (int point = 0; point < kPoints; ++point) {
          sum += kCookToomOutput<kOutputs, kTaps>[output][point] * kCookToomFilter<kOutputs, kTaps>[point][tap] *
                 kCookToomInput<kOutputs, kTaps>[point][input];
        }
        largest = std::max(largest, std::abs(sum - (input == output + tap ? 1.0 : 0.0)));
      }
    }
  }
  return largest;
}

TEST(CookToom, GivesTheSlidingSumOfProducts) {
  EXPECT_LT((ErrorOfMatrices<4, 3>()), 1e-13);
  EXPECT_LT((ErrorOfMatrices<4, 5>()), 1e-13);
  EXPECT_LT((ErrorOfMatrices<2, 7>()), 1e-13);
  EXPECT_LT((ErrorOfMatrices<4, 7>()), 1e-13);
}

struct Case {
  int64_t channels, height, width, out_channels, rows, columns, pad_above, pad_below, pad_left, pad_right;
};

ConvSpec SpecOf(const Case& c, int64_t images = 1) {
  ConvSpec spec;
  spec.src = {images, c.channels, c.height, c.width};
  spec.dst = {images, c.out_channels, c.height + c.pad_above + c.pad_below - c.rows + 1,
              c.width + c.pad_left + c.pad_right - c.columns + 1};
  spec.attributes.window = {
      {c.rows, c.columns},       {1, 1}, {1, 1}, {c.pad_above, c.pad_left}, {c.pad_below, c.pad_right},
      Window::AutoPad::kExplicit};
  spec.attributes.activation = Activation{};
  spec.weights = std::make_shared<const Tensor>(RandomTensor({c.out_channels, c.channels, c.rows, c.columns}, 2));
  spec.bias = std::make_shared<const Tensor>(RandomTensor({c.out_channels}, 3));
  return spec;
}

class LineWinograd : public ::testing::TestWithParam<Case> {
 protected:
  const ScopedThreads one_thread_{1};
  WeightCache weights_;
};

TEST_P(LineWinograd, EqualsTheDefinition) {
  const ConvSpec spec = SpecOf(GetParam());
  const auto kernel = MakeLineWinograd(spec, weights_);
  ASSERT_THAT(kernel, IsOk());
  EXPECT_LE(ErrorOf(**kernel, spec), 2e-5);
}

TEST_P(LineWinograd, IsWithinTheRoundingOfBFloat16) {
  ConvSpec spec = SpecOf(GetParam());
  spec.src_layout = spec.dst_layout = Layout::kBlockedBFloat16;
  const auto kernel = MakeLineWinograd(spec, weights_);
  if (absl::IsUnimplemented(kernel.status())) GTEST_SKIP() << "no vector kernel here: " << kernel.status();
  ASSERT_THAT(kernel, IsOk());
  const double error = ErrorOf(**kernel, spec);
  EXPECT_LE(error, 1.0 / 24);
  EXPECT_GT(error, 1e-5) << "not in bfloat16 at all";
}

INSTANTIATE_TEST_SUITE_P(OverShapes, LineWinograd,
                         ::testing::Values(Case{32, 17, 17, 48, 1, 7, 0, 0, 3, 3},  // Inception v3's
                                           Case{32, 17, 17, 48, 7, 1, 3, 3, 0, 0}, Case{32, 8, 8, 32, 1, 3, 0, 0, 1, 1},
                                           Case{32, 8, 8, 32, 3, 1, 1, 1, 0, 0}, Case{16, 14, 14, 32, 5, 5, 2, 2, 2, 2},
                                           Case{16, 13, 9, 16, 3, 3, 1, 1, 1, 1},
                                           Case{24, 11, 10, 40, 1, 7, 0, 0, 3, 3},  // channels that fill no block
                                           Case{16, 9, 12, 16, 3, 5, 0, 2, 4, 1},   // asymmetric pads
                                           Case{16, 12, 3, 16, 5, 3, 2, 2, 1, 1},   // lines shorter than a tile, down
                                           Case{16, 7, 9, 16, 1, 7, 0, 0, 0, 0}));  // no pads

TEST_F(LineWinograd, TakesImagesOneAfterTheOther) {
  const Case one = {16, 6, 7, 32, 1, 5, 0, 0, 2, 2};
  const ConvSpec spec = SpecOf(one, 2);
  const auto kernel = MakeLineWinograd(spec, weights_);
  ASSERT_THAT(kernel, IsOk());
  const Tensor src = RandomTensor(spec.src, 1);
  const Tensor got = RunInLayout(**kernel, {src}, spec.src_layout, spec.dst, spec.dst_layout);
  const ConvSpec alone = SpecOf(one);
  const auto kernel_alone = MakeLineWinograd(alone, weights_);
  ASSERT_THAT(kernel_alone, IsOk());
  for (int64_t image = 0; image < 2; ++image) {
    Tensor part = Tensor::Create(DataType::kFloat32, alone.src).value();
    std::copy_n(src.As<float>() + image * part.elements(), part.elements(), part.As<float>());
    const Tensor wanted = RunInLayout(**kernel_alone, {part}, spec.src_layout, alone.dst, spec.dst_layout);
    for (int64_t i = 0; i < wanted.elements(); ++i) {
      ASSERT_EQ(got.As<float>()[image * wanted.elements() + i], wanted.As<float>()[i]) << image << " " << i;
    }
  }
}

TEST_F(LineWinograd, CutsOffAsTheActivationSaysAndKeepsNaN) {
  ConvSpec spec = SpecOf({16, 4, 9, 24, 1, 3, 0, 0, 1, 1});
  spec.attributes.activation = Activation{.kind = Activation::Kind::kClip, .low = -0.5F, .high = 0.25F};
  Tensor bias = RandomTensor({24}, 3);
  bias.As<float>()[5] = std::numeric_limits<float>::quiet_NaN();
  spec.bias = std::make_shared<const Tensor>(std::move(bias));
  const auto kernel = MakeLineWinograd(spec, weights_);
  ASSERT_THAT(kernel, IsOk());
  const Tensor got = RunInLayout(**kernel, {RandomTensor(spec.src, 1)}, spec.src_layout, spec.dst, spec.dst_layout);
  int cut = 0;
  for (int64_t i = 0; i < got.elements(); ++i) {
    const float value = got.As<float>()[i];
    if (i / 36 == 5) {
      EXPECT_TRUE(std::isnan(value));
      continue;
    }
    ASSERT_GE(value, -0.5F);
    ASSERT_LE(value, 0.25F);
    cut += value == -0.5F || value == 0.25F ? 1 : 0;
  }
  EXPECT_GT(cut, 100);
}

TEST_F(LineWinograd, HasNoKernelForOtherConvolutions) {
  const ConvSpec right = SpecOf({16, 9, 9, 16, 1, 7, 0, 0, 3, 3});
  const auto refused = [&](const auto& change) {
    ConvSpec spec = right;
    change(spec);
    EXPECT_THAT(MakeLineWinograd(spec, weights_), StatusIs(absl::StatusCode::kUnimplemented));
  };
  EXPECT_THAT(MakeLineWinograd(right, weights_), IsOk());
  refused([](ConvSpec& spec) { spec.attributes.window.strides = {1, 2}; });
  refused([](ConvSpec& spec) { spec.attributes.window.dilations = {1, 2}; });
  refused([](ConvSpec& spec) { spec.attributes.groups = 16; });
  refused([](ConvSpec& spec) { spec.attributes.window.kernel = {1, 4}; });
  refused([](ConvSpec& spec) { spec.src_layout = spec.dst_layout = Layout::kChannelsLastUInt8; });
  refused([](ConvSpec& spec) { spec.src_layout = Layout::kPlain; });
  refused([](ConvSpec& spec) { spec.attributes.activation->kind = Activation::Kind::kSigmoid; });
  refused([](ConvSpec& spec) {  // what fills up the last block would not stay zero
    spec.attributes.activation = Activation{.kind = Activation::Kind::kClip, .low = 0.5F, .high = 1.0F};
  });
}

}  // namespace
}  // namespace onebyone
