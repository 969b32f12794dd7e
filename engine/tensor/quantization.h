#pragma once

#include <algorithm>
#include <cmath>

namespace onebyone {

// How bytes stand for numbers: number = scale * byte, with bytes 0..255, or -127..127 where they are signed. Zero is
// zero, so that padding needs no correction; what lies beyond the largest byte saturates.
struct Quantization {
  float scale = 1.0F;
  bool is_signed = false;

  friend bool operator==(const Quantization&, const Quantization&) = default;
};

inline constexpr float kLargestUnsignedByte = 255.0F;
inline constexpr float kLargestSignedByte = 127.0F;

// For numbers from `low` to `high`, at least one of them not zero.
inline Quantization QuantizationFor(float low, float high) {
  if (low >= 0.0F) return {high / kLargestUnsignedByte, false};
  return {std::max(std::abs(low), std::abs(high)) / kLargestSignedByte, true};
}

}  // namespace onebyone
