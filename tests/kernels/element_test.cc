#include "engine/kernels/element.h"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace onebyone {
namespace {

// Rounds by trying: the float16 that is nearest, the even one of two that are.
Float16 NearestByTrying(double value) {
  Float16 best{0};
  double least = std::abs(value);
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const Float16 candidate{static_cast<uint16_t>(bits)};
    const double distance = std::abs(static_cast<double>(ToFloat(candidate)) - value);
    if (distance < least || (distance == least && bits % 2 == 0)) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

TEST(Narrow, GivesTheNearestFloat16) {
  const unsigned seed = 41;
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 200; ++i) {
    const Float16 base{static_cast<uint16_t>(random() % 0x7bff)};
    const Float16 next{static_cast<uint16_t>(base.bits + 1)};
    const double middle = (static_cast<double>(ToFloat(base)) + ToFloat(next)) / 2;
    for (const double value :
         {middle, std::nextafter(middle, 0.0), std::nextafter(middle, 1e9), ToFloat(base) * 0.9999}) {
      EXPECT_EQ(ToFloat(Narrow<Float16>(value)), ToFloat(NearestByTrying(value))) << std::hexfloat << value;
      EXPECT_EQ(ToFloat(Narrow<Float16>(-value)), -ToFloat(NearestByTrying(value))) << std::hexfloat << value;
    }
  }
}

TEST(Narrow, KeepsWhatIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(ToFloat(Narrow<Float16>(infinity)), infinity);
  EXPECT_EQ(ToFloat(Narrow<Float16>(-1e300)), -infinity);
  EXPECT_EQ(ToFloat(Narrow<BFloat16>(1e300)), infinity);
  EXPECT_TRUE(std::isnan(ToFloat(Narrow<Float16>(std::nan("")))));
  EXPECT_EQ(Narrow<BFloat16>(-0.0).bits, 0x8000);
  EXPECT_EQ(Narrow<Float16>(1e-300).bits, 0);
  EXPECT_EQ(Narrow<Float16>(-1e-300).bits, 0x8000);
}

TEST(Widen, KeepsTheLowBitsOfSumsAndProductsOfIntegers) {
  EXPECT_EQ(Narrow<int8_t>(Widen<int8_t>(-100) * Widen<int8_t>(100)), static_cast<int8_t>(-10000 + 40 * 256));
  EXPECT_EQ(Narrow<int64_t>(Widen<int64_t>(-5) + Widen<int64_t>(3)), -2);
  EXPECT_EQ(Narrow<int64_t>(Widen(std::numeric_limits<int64_t>::max()) + 1), std::numeric_limits<int64_t>::min());
}

TEST(LowestElement, IsTheMostNegativeFiniteNumber) {
  EXPECT_EQ(ToFloat(LowestElement<Float16>()), -65504.0F);
  EXPECT_EQ(ToFloat(LowestElement<BFloat16>()), -0x1.fep127F);
  EXPECT_EQ(LowestElement<float>(), -std::numeric_limits<float>::max());
  EXPECT_EQ(LowestElement<uint8_t>(), 0);
  EXPECT_EQ(LowestElement<int8_t>(), -128);
}

}  // namespace
}  // namespace onebyone
