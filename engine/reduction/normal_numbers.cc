#include "engine/reduction/normal_numbers.h"

#include <cmath>

namespace onebyone {
namespace {

constexpr double kLog2 = 0.693147180559945309417;
constexpr double kTwoPi = 6.283185307179586476925;

// Natural logarithm of x > 0, to a few units in the last place: 2 artanh((m - 1) / (m + 1)) of the mantissa.
double Logarithm(double x) {
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);  // exact
  if (mantissa < 0.70710678118654752440) {
    mantissa *= 2.0;
    --exponent;
  }
  const double z = (mantissa - 1.0) / (mantissa + 1.0);  // at most 0.1716 in size: 0.1716^22 is below 2^-53
  const double square = z * z;
  double sum = 0.0;
  for (int power = 21; power >= 1; power -= 2) sum = sum * square + 1.0 / power;
  return 2.0 * z * sum + exponent * kLog2;
}

// cos(2 pi turns) of 0 <= turns < 1. The angle is mirrored into the first eighth, where the series are short.
double CosineOfTurns(double turns) {
  if (turns > 0.5) turns = 1.0 - turns;
  const bool negative = turns > 0.25;
  if (negative) turns = 0.5 - turns;
  const bool use_sine = turns > 0.125;
  const double angle = kTwoPi * (use_sine ? 0.25 - turns : turns);
  const double square = angle * angle;
  double series = 1.0;
  for (int n = 18; n >= 2; n -= 2) series = 1.0 - square / (use_sine ? n * (n + 1) : n * (n - 1)) * series;
  const double value = use_sine ? angle * series : series;
  return negative ? -value : value;
}

}  // namespace

uint64_t NormalNumbers::NextBits() {
  state_ += 0x9E3779B97F4A7C15U;
  uint64_t bits = state_;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31);
}

double NormalNumbers::Next() {
  constexpr double kUnit = 1.0 / 9007199254740992.0;                            // 2^-53
  const double radius = (static_cast<double>(NextBits() >> 11) + 1.0) * kUnit;  // (0, 1]
  const double turns = static_cast<double>(NextBits() >> 11) * kUnit;           // [0, 1)
  return std::sqrt(-2.0 * Logarithm(radius)) * CosineOfTurns(turns);
}

}  // namespace onebyone
