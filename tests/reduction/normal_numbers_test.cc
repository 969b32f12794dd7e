#include "engine/reduction/normal_numbers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace onebyone {
namespace {

// Box-Muller over SplitMix64 with the C library's functions.
class LibraryNumbers {
 public:
  explicit LibraryNumbers(uint64_t seed) : state_(seed) {}

  double Next() {
    const double radius = std::ldexp(static_cast<double>(NextBits() >> 11) + 1.0, -53);
    const double turns = std::ldexp(static_cast<double>(NextBits() >> 11), -53);
    return std::sqrt(-2.0 * std::log(radius)) * std::cos(2.0 * std::acos(-1.0) * turns);
  }

  uint64_t NextBits() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

 private:
  uint64_t state_;
};

TEST(NormalNumbers, AreThoseOfBoxAndMuller) {
  // The first words that the authors of SplitMix64 give for the seed 1234567.
  LibraryNumbers words(1234567);
  EXPECT_EQ(words.NextBits(), 6457827717110365317U);
  EXPECT_EQ(words.NextBits(), 3203168211198807973U);
  for (const uint64_t seed : {0U, 1U, 1234567U}) {
    LibraryNumbers library(seed);
    NormalNumbers ours(seed);
    for (int i = 0; i < 100'000; ++i) ASSERT_NEAR(ours.Next(), library.Next(), 2e-15 * 8) << seed << " " << i;
  }
}

TEST(NormalNumbers, HaveTheMomentsOfTheNormalDistribution) {
  NormalNumbers normal(42);
  constexpr int kCount = 1'000'000;
  double sum = 0.0;
  double squares = 0.0;
  double fourth = 0.0;
  for (int i = 0; i < kCount; ++i) {
    const double number = normal.Next();
    sum += number;
    squares += number * number;
    fourth += number * number * number * number;
  }
  // Five standard deviations of each mean.
  EXPECT_NEAR(sum / kCount, 0.0, 5.0 / std::sqrt(kCount));
  EXPECT_NEAR(squares / kCount, 1.0, 5.0 * std::sqrt(2.0 / kCount));
  EXPECT_NEAR(fourth / kCount, 3.0, 5.0 * std::sqrt(96.0 / kCount));
}

}  // namespace
}  // namespace onebyone
