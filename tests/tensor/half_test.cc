#include "engine/tensor/half.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace onebyone {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The value of a pattern by the definition of IEEE 754, in double: `exponent_bits` and `mantissa_bits` wide.
double ValueOf(int pattern, int exponent_bits, int mantissa_bits) {
  const int exponent = (pattern >> mantissa_bits) & ((1 << exponent_bits) - 1);
  const int mantissa = pattern & ((1 << mantissa_bits) - 1);
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const double sign = (pattern >> 15) != 0 ? -1.0 : 1.0;
  if (exponent == (1 << exponent_bits) - 1) return mantissa == 0 ? sign * kInfinity : std::nan("");
  if (exponent == 0) return sign * std::ldexp(mantissa, 1 - bias - mantissa_bits);
  return sign * std::ldexp(mantissa + (1 << mantissa_bits), exponent - bias - mantissa_bits);
}

struct Float16Format {
  using Half = Float16;
  static constexpr int kExponentBits = 5;
  static constexpr int kMantissaBits = 10;
  static Half From(float value) { return ToFloat16(value); }
};

struct BFloat16Format {
  using Half = BFloat16;
  static constexpr int kExponentBits = 8;
  static constexpr int kMantissaBits = 7;
  static Half From(float value) { return ToBFloat16(value); }
};

template <typename Format>
class Half : public ::testing::Test {
 public:
  static constexpr int kInfinityBits = ((1 << Format::kExponentBits) - 1) << Format::kMantissaBits;

  static double Value(int pattern) { return ValueOf(pattern, Format::kExponentBits, Format::kMantissaBits); }
  static float Float(int pattern) { return ToFloat(typename Format::Half{static_cast<uint16_t>(pattern)}); }
  static int Bits(float value) { return Format::From(value).bits; }
};

using Formats = ::testing::Types<Float16Format, BFloat16Format>;
TYPED_TEST_SUITE(Half, Formats);

TYPED_TEST(Half, WidensEveryPatternExactly) {
  for (int pattern = 0; pattern < 65536; ++pattern) {
    const float widened = this->Float(pattern);
    const double value = this->Value(pattern);
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(widened)) << pattern;
      continue;
    }
    ASSERT_EQ(static_cast<double>(widened), value) << pattern;
    ASSERT_EQ(std::signbit(widened), std::signbit(value)) << pattern;
  }
}

TYPED_TEST(Half, ReturnsEveryPatternUnchanged) {
  for (int pattern = 0; pattern < 65536; ++pattern) {
    if (std::isnan(this->Value(pattern))) continue;
    ASSERT_EQ(this->Bits(this->Float(pattern)), pattern);
  }
}

TYPED_TEST(Half, KeepsEveryNanANanOfItsSign) {
  for (int pattern = 0; pattern < 65536; ++pattern) {
    if (!std::isnan(this->Value(pattern))) continue;
    const int narrowed = this->Bits(this->Float(pattern));
    ASSERT_TRUE(std::isnan(this->Value(narrowed))) << pattern;
    ASSERT_EQ(narrowed & 0x8000, pattern & 0x8000) << pattern;
  }
}

TYPED_TEST(Half, RoundsBetweenAnyTwoNeighboursToTheNearestOrTheEvenOne) {
  for (int below = 0; below < this->kInfinityBits; ++below) {
    const int above =
        below + 1;  // behind the largest finite number comes infinity, as if it were the next power of two
    const double next =
        above == this->kInfinityBits ? 2 * this->Value(below) - this->Value(below - 1) : this->Value(above);
    const auto middle = static_cast<float>((this->Value(below) + next) / 2);
    ASSERT_EQ(static_cast<double>(middle), (this->Value(below) + next) / 2) << below;
    ASSERT_EQ(this->Bits(middle), below % 2 == 0 ? below : above) << below;
    ASSERT_EQ(this->Bits(std::nextafter(middle, 0.0F)), below) << below;
    ASSERT_EQ(this->Bits(std::nextafter(middle, kInfinity)), above) << below;
    ASSERT_EQ(this->Bits(-middle), 0x8000 | this->Bits(middle)) << below;
  }
}

TYPED_TEST(Half, OverflowsToInfinityOfTheSameSign) {
  EXPECT_EQ(this->Bits(std::numeric_limits<float>::max()), this->kInfinityBits);
  EXPECT_EQ(this->Bits(-std::numeric_limits<float>::max()), 0x8000 | this->kInfinityBits);
  EXPECT_EQ(this->Bits(kInfinity), this->kInfinityBits);
}

TEST(Float16, HasTheKnownPatterns) {
  EXPECT_EQ(ToFloat16(1.0F).bits, 0x3c00);
  EXPECT_EQ(ToFloat16(-2.0F).bits, 0xc000);
  EXPECT_EQ(ToFloat16(65504.0F).bits, 0x7bff);
  EXPECT_EQ(ToFloat16(65519.996F).bits, 0x7bff);
  EXPECT_EQ(ToFloat16(65520.0F).bits, 0x7c00);
  EXPECT_EQ(ToFloat16(5.9604645e-8F).bits, 0x0001);
  EXPECT_EQ(ToFloat16(0.1F).bits, 0x2e66);
}

TEST(BFloat16, HasTheKnownPatterns) {
  EXPECT_EQ(ToBFloat16(1.0F).bits, 0x3f80);
  EXPECT_EQ(ToBFloat16(-2.0F).bits, 0xc000);
  EXPECT_EQ(ToBFloat16(3.1415927F).bits, 0x4049);
}

}  // namespace
}  // namespace onebyone
