#pragma once

#include <algorithm>
#include <cmath>

namespace onebyone {

// How bytes stand for numbers: number = scale * byte, with bytes 0..255, or -127..127 where they are signed. Zero is
// zero, so that padding needs no correction; what lies beyond the largest byte saturates. Companded bytes, which are
// never signed, stand for number = scale * byte * byte: small numbers keep more of their digits, as where a
// normalization will divide by the large ones.
struct Quantization {
  float scale = 1.0F;
  bool is_signed = false;
  bool is_companded = false;

  friend bool operator==(const Quantization&, const Quantization&) = default;
};

inline constexpr float kLargestUnsignedByte = 255.0F;
inline constexpr float kLargestSignedByte = 127.0F;

// For numbers from `low` to `high`, at least one of them not zero.
inline Quantization QuantizationFor(float low, float high) {
  if (low >= 0.0F) return {high / kLargestUnsignedByte, false};
  return {std::max(std::abs(low), std::abs(high)) / kLargestSignedByte, true};
}

// For numbers from 0 to `high`, above 0.
inline Quantization CompandedQuantizationFor(float high) {
  return {high / (kLargestUnsignedByte * kLargestUnsignedByte), false, true};
}

// The largest number that the bytes stand for.
inline float LargestNumber(const Quantization& quantization) {
  if (quantization.is_signed) return quantization.scale * kLargestSignedByte;
  return quantization.scale * kLargestUnsignedByte * (quantization.is_companded ? kLargestUnsignedByte : 1.0F);
}

}  // namespace onebyone
