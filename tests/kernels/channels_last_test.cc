#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <vector>

#include "engine/kernels/concat/channels_last_concat.h"
#include "engine/kernels/lrn/byte_lrn.h"
#include "engine/tensor/aligned_buffer.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::StatusIs;

TEST(ChannelsLastConcat, JoinsTheChannelsOfEachPixel) {
  const std::vector<uint8_t> a = {1, 2, 3, 4};         // two pixels of two channels
  const std::vector<uint8_t> b = {5, 6, 7, 8, 9, 10};  // of three
  std::vector<uint8_t> joined(10);
  const auto kernel = MakeChannelsLastConcat(/*pixels=*/2, {2, 3}, /*element_bytes=*/1);
  const auto bound = kernel->Bind({a.data(), b.data()}, {joined.data()}, nullptr);
  ASSERT_THAT(bound, IsOk());
  ASSERT_THAT((*bound)->Run(), IsOk());
  EXPECT_THAT(joined, ElementsAre(1, 2, 5, 6, 7, 3, 4, 8, 9, 10));
}

class ByteLrnWindows : public ::testing::TestWithParam<int64_t> {
 protected:
  static void ExpectTheDefinition(bool src_is_companded);
};

void ByteLrnWindows::ExpectTheDefinition(bool src_is_companded) {
  const double scale = src_is_companded ? 0.02 / 255 : 0.02;
  const auto number = [&](uint8_t byte) { return scale * byte * (src_is_companded ? byte : 1); };
  ByteLrnSpec spec;
  spec.src_is_companded = src_is_companded;
  spec.attributes = {.size = GetParam(), .alpha = 0.8F, .beta = 0.75F, .bias = 1.5F};
  spec.pixels = 37;
  spec.channels = 67;
  spec.src_scale = static_cast<float>(scale);
  spec.dst_scale = 0.012F;
  std::mt19937 random(3);
  std::vector<uint8_t> src(static_cast<size_t>(spec.pixels * spec.channels));
  for (uint8_t& byte : src) byte = static_cast<uint8_t>(random() % 256);
  std::vector<uint8_t> dst(src.size());
  const auto kernel = MakeByteLrn(spec);
  ASSERT_THAT(kernel, IsOk());
  AlignedBuffer scratch = *AlignedBuffer::Create(static_cast<size_t>((*kernel)->scratch_bytes()));
  const auto bound = (*kernel)->Bind({src.data()}, {dst.data()}, scratch.data());
  ASSERT_THAT(bound, IsOk());
  std::fill_n(reinterpret_cast<uint8_t*>(scratch.data()), (*kernel)->scratch_bytes(), uint8_t{0x7f});  // others use it
  ASSERT_THAT((*bound)->Run(), IsOk());

  const int64_t before = (GetParam() - 1) / 2;
  for (int64_t pixel = 0; pixel < spec.pixels; ++pixel) {
    for (int64_t c = 0; c < spec.channels; ++c) {
      double squares = 0;
      for (int64_t other = std::max<int64_t>(0, c - before); other < std::min(spec.channels, c - before + GetParam());
           ++other) {
        squares += std::pow(number(src[pixel * spec.channels + other]), 2);
      }
      const double base = 1.5 + 0.8 / static_cast<double>(GetParam()) * squares;
      const double wanted = std::min(255.0, number(src[pixel * spec.channels + c]) / std::pow(base, 0.75) / 0.012);
      ASSERT_NEAR(dst[pixel * spec.channels + c], wanted, 0.7) << "pixel " << pixel << ", channel " << c;
    }
  }
}

TEST_P(ByteLrnWindows, IsAtMostOneByteOffTheDefinition) { ExpectTheDefinition(/*src_is_companded=*/false); }
TEST_P(ByteLrnWindows, IsSoOfCompandedBytesToo) { ExpectTheDefinition(/*src_is_companded=*/true); }

INSTANTIATE_TEST_SUITE_P(OddAndEven, ByteLrnWindows, ::testing::Values(1, 3, 4, 5));

TEST(ByteLrn, LeavesOtherExponentsToOthers) {
  ByteLrnSpec spec;
  spec.attributes.beta = 0.5F;
  spec.pixels = spec.channels = 1;
  EXPECT_THAT(MakeByteLrn(spec), StatusIs(absl::StatusCode::kUnimplemented));
}

}  // namespace
}  // namespace onebyone
