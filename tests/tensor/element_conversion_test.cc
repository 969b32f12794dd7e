#include "engine/tensor/element_conversion.h"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "engine/tensor/half.h"

namespace onebyone {
namespace {

// Every upper half of a float with lower halves around each rounding boundary: all exponents, ties, overflow,
// subnormals, NaN.
std::vector<float> EveryKindOfFloat() {
  std::vector<float> values;
  for (uint32_t upper = 0; upper < (1U << 16U); ++upper) {
    for (const uint32_t lower :
         {0x0000U, 0x0001U, 0x0FFFU, 0x1000U, 0x1001U, 0x3000U, 0x7FFFU, 0x8000U, 0x8001U, 0xFFFFU}) {
      values.push_back(std::bit_cast<float>(upper << 16U | lower));
    }
  }
  return values;
}

TEST(ConvertToFloat16, EqualsThePlainConversionBitForBit) {
  const std::vector<float> values = EveryKindOfFloat();
  std::vector<uint16_t> elements(values.size());
  ConvertToFloat16(values.data(), static_cast<int64_t>(values.size()), elements.data());
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) {
      ASSERT_TRUE(std::isnan(ToFloat(Float16{elements[i]}))) << i;
    } else {
      ASSERT_EQ(elements[i], ToFloat16(values[i]).bits) << values[i];
    }
  }
}

TEST(ConvertToBFloat16, EqualsThePlainConversionBitForBit) {
  const std::vector<float> values = EveryKindOfFloat();
  std::vector<uint16_t> elements(values.size());
  ConvertToBFloat16(values.data(), static_cast<int64_t>(values.size()), elements.data());
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) {
      ASSERT_TRUE(std::isnan(ToFloat(BFloat16{elements[i]}))) << i;
    } else {
      ASSERT_EQ(elements[i], ToBFloat16(values[i]).bits) << values[i];
    }
  }
}

// What every pattern stands for, and the number in the middle between it and the next one.
template <typename Half>
void ExpectEveryPatternBackAndTiesToEven(void (*convert)(const float*, int64_t, uint16_t*)) {
  std::vector<float> numbers;
  std::vector<uint16_t> wanted;
  for (uint32_t pattern = 0; pattern < (1U << 16U); ++pattern) {
    const Half half{static_cast<uint16_t>(pattern)};
    const Half next{static_cast<uint16_t>(pattern + 1)};
    if (std::isnan(ToFloat(half))) continue;
    numbers.push_back(ToFloat(half));
    wanted.push_back(half.bits);
    if (!std::isfinite(ToFloat(half)) || (pattern & 0x7FFFU) == 0x7FFFU || !std::isfinite(ToFloat(next))) continue;
    numbers.push_back(ToFloat(half) + (ToFloat(next) - ToFloat(half)) / 2);
    wanted.push_back(pattern % 2 == 0 ? half.bits : next.bits);
  }
  std::vector<uint16_t> elements(numbers.size());
  convert(numbers.data(), static_cast<int64_t>(numbers.size()), elements.data());
  for (size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(elements[i], wanted[i]) << numbers[i];
}

TEST(ConvertToFloat16, BringsEveryPatternBackAndRoundsTiesToEven) {
  ExpectEveryPatternBackAndTiesToEven<Float16>(ConvertToFloat16);
}

TEST(ConvertToBFloat16, BringsEveryPatternBackAndRoundsTiesToEven) {
  ExpectEveryPatternBackAndTiesToEven<BFloat16>(ConvertToBFloat16);
}

struct Range {
  float low;
  float high;
};

class Uint8 : public ::testing::TestWithParam<Range> {};

TEST_P(Uint8, IsWithinHalfAStepAndKeepsZeroExact) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> uniform(GetParam().low, GetParam().high);
  std::vector<float> values = {0, GetParam().low, GetParam().high};
  for (int i = 0; i < 500; ++i) values.push_back(uniform(random));
  const auto count = static_cast<int64_t>(values.size());
  const Uint8Range range = ChooseUint8Range(values.data(), count);
  std::vector<uint8_t> elements(values.size());
  ConvertToUint8(values.data(), count, range, elements.data());
  EXPECT_EQ(elements[0], range.zero_point);
  for (size_t i = 0; i < values.size(); ++i) {
    const float back = range.scale * static_cast<float>(elements[i] - range.zero_point);
    ASSERT_NEAR(back, values[i], range.scale * 0.5002F) << i;  // the rest: the division's rounding
  }
}

INSTANTIATE_TEST_SUITE_P(Ranges, Uint8,
                         ::testing::Values(Range{0, 6}, Range{-1, 1}, Range{-3, 0.5}, Range{2, 5}, Range{-9, -4}));

TEST(Uint8Range, LetsWhatLiesOutsideSaturate) {
  const Uint8Range range = Uint8RangeOf(-1, 4);
  const std::vector<float> values = {-1e30F, -1.5F, -1, 0, 4, 4.5F, 1e30F};
  std::vector<uint8_t> elements(values.size());
  ConvertToUint8(values.data(), static_cast<int64_t>(values.size()), range, elements.data());
  EXPECT_THAT(elements, ::testing::ElementsAre(0, 0, 0, 51, 255, 255, 255));
  EXPECT_EQ(Uint8RangeOf(2, 5).zero_point, 0) << "zero is exact";
}

TEST(Uint8Range, SurvivesZerosNanAndInfinity) {
  const std::vector<float> zeros(4, 0.0F);
  EXPECT_EQ(ChooseUint8Range(zeros.data(), 4).scale, 1);
  const std::vector<float> odd = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 2,
                                  0};
  const Uint8Range range = ChooseUint8Range(odd.data(), 4);
  std::vector<uint8_t> elements(4);
  ConvertToUint8(odd.data(), 4, range, elements.data());
  EXPECT_THAT(elements, ::testing::ElementsAre(0, 255, 255, 0));
}

TEST(Transpose, SwapsRowsAndColumns) {
  constexpr int64_t kRows = 35;  // no multiple of a tile
  constexpr int64_t kColumns = 19;
  std::vector<float> from(kRows * kColumns);
  for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<float>(i);
  std::vector<float> to(from.size());
  Transpose(from.data(), kRows, kColumns, to.data());
  for (int64_t y = 0; y < kRows; ++y) {
    for (int64_t x = 0; x < kColumns; ++x) ASSERT_EQ(to[x * kRows + y], from[y * kColumns + x]);
  }
}

}  // namespace
}  // namespace onebyone
