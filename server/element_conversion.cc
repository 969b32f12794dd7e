#include "server/element_conversion.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace onebyone {
namespace {

constexpr uint32_t kSign = 0x80000000U;
constexpr uint32_t kInfinity = 0x7F800000U;

// Both candidates are computed and one is selected: adding 0.5 lets the float unit round a subnormal to its place,
// adding half a unit less one (and the odd bit) rounds a normal number to even.
uint16_t Float16Bits(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t magnitude = bits & ~kSign;
  const uint32_t subnormal = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5F) - 0x3F000000U;
  const uint32_t normal = (magnitude - 0x38000000U + 0xFFFU + ((magnitude >> 13U) & 1U)) >> 13U;
  const uint32_t finite = magnitude < 0x38800000U ? subnormal : normal;
  const uint32_t large = magnitude > kInfinity ? 0x7E00U : 0x7C00U;
  const uint32_t half = magnitude >= 0x47800000U ? large : finite;
  return static_cast<uint16_t>(half | ((bits & kSign) >> 16U));
}

uint16_t BFloat16Bits(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
  const uint32_t quiet = (bits >> 16U) | 0x40U;
  return static_cast<uint16_t>((bits & ~kSign) > kInfinity ? quiet : rounded);
}

}  // namespace

void ConvertToFloat16(const float* values, int64_t count, uint16_t* elements) {
  for (int64_t i = 0; i < count; ++i) elements[i] = Float16Bits(values[i]);
}

void ConvertToBFloat16(const float* values, int64_t count, uint16_t* elements) {
  for (int64_t i = 0; i < count; ++i) elements[i] = BFloat16Bits(values[i]);
}

Uint8Range ChooseUint8Range(const float* values, int64_t count) {
  double least = 0;
  double most = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double value = std::isfinite(values[i]) ? values[i] : 0.0;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  if (least == most) return {};
  const auto scale = static_cast<float>((most - least) / 255);
  if (scale < std::numeric_limits<float>::min()) return {};  // 1 / scale would be infinite
  return {scale, static_cast<int32_t>(std::clamp(std::nearbyint(-least / scale), 0.0, 255.0))};
}

void ConvertToUint8(const float* values, int64_t count, const Uint8Range& range, uint8_t* elements) {
  const float inverse = 1 / range.scale;
  const auto zero = static_cast<float>(range.zero_point);
  for (int64_t i = 0; i < count; ++i) {
    const float element = std::nearbyint(values[i] * inverse) + zero;
    // In this order a NaN becomes 0.
    elements[i] = static_cast<uint8_t>(element > 0 ? std::min(element, 255.0F) : 0.0F);
  }
}

void Transpose(const float* from, int64_t rows, int64_t columns, float* to) {
  constexpr int64_t kTile = 16;  // 16 x 16 floats of both sides fit the nearest cache, whatever the strides
  for (int64_t row = 0; row < rows; row += kTile) {
    const int64_t row_end = std::min(rows, row + kTile);
    for (int64_t column = 0; column < columns; column += kTile) {
      const int64_t column_end = std::min(columns, column + kTile);
      for (int64_t y = row; y < row_end; ++y) {
        for (int64_t x = column; x < column_end; ++x) to[x * rows + y] = from[y * columns + x];
      }
    }
  }
}

}  // namespace onebyone
