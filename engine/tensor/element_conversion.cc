#include "engine/tensor/element_conversion.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "engine/base/always_inline.h"

namespace onebyone {
namespace {

constexpr uint32_t kSign = 0x80000000U;
constexpr uint32_t kInfinity = 0x7F800000U;

// Both candidates are computed and one is selected: adding 0.5 lets the float unit round a subnormal to its place,
// adding half a unit less one (and the odd bit) rounds a normal number to even.
ONEBYONE_ALWAYS_INLINE uint16_t Float16Bits(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t magnitude = bits & ~kSign;
  const uint32_t subnormal = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5F) - 0x3F000000U;
  const uint32_t normal = (magnitude - 0x38000000U + 0xFFFU + ((magnitude >> 13U) & 1U)) >> 13U;
  const uint32_t finite = magnitude < 0x38800000U ? subnormal : normal;
  const uint32_t large = magnitude > kInfinity ? 0x7E00U : 0x7C00U;
  const uint32_t half = magnitude >= 0x47800000U ? large : finite;
  return static_cast<uint16_t>(half | ((bits & kSign) >> 16U));
}

ONEBYONE_ALWAYS_INLINE uint16_t BFloat16Bits(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
  const uint32_t quiet = (bits >> 16U) | 0x40U;
  return static_cast<uint16_t>((bits & ~kSign) > kInfinity ? quiet : rounded);
}

ONEBYONE_ALWAYS_INLINE void ToFloat16(const float* values, int64_t count, uint16_t* elements) {
  for (int64_t i = 0; i < count; ++i) elements[i] = Float16Bits(values[i]);
}

ONEBYONE_ALWAYS_INLINE void ToBFloat16(const float* values, int64_t count, uint16_t* elements) {
  for (int64_t i = 0; i < count; ++i) elements[i] = BFloat16Bits(values[i]);
}

struct Extremes {
  float least = 0;
  float most = 0;
};

ONEBYONE_ALWAYS_INLINE void Widen(float value, float& least, float& most) {
  const float finite = std::abs(value) <= std::numeric_limits<float>::max() ? value : 0.0F;  // not NaN either
  least = finite < least ? finite : least;
  most = finite > most ? finite : most;
}

// Of the finite values and 0. In lanes, since the compiler may not reorder comparisons of floats by itself.
ONEBYONE_ALWAYS_INLINE Extremes ExtremesOf(const float* values, int64_t count) {
  constexpr int64_t kLanes = 16;
  std::array<float, kLanes> least = {};
  std::array<float, kLanes> most = {};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) Widen(values[i + lane], least[lane], most[lane]);
  }
  for (; i < count; ++i) Widen(values[i], least[0], most[0]);
  return {*std::min_element(least.begin(), least.end()), *std::max_element(most.begin(), most.end())};
}

ONEBYONE_ALWAYS_INLINE void ToUint8(const float* values, int64_t count, const Uint8Range& range, uint8_t* elements) {
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: what is added to it is rounded to even, up to 2^22
  const float inverse = 1 / range.scale;
  const auto zero = static_cast<float>(range.zero_point);
  for (int64_t i = 0; i < count; ++i) {
    const float steps = values[i] * inverse;
    // In this order a NaN becomes the least.
    const float bounded = steps > -256.0F ? std::min(steps, 256.0F) : -256.0F;
    const float element = (bounded + kRound) - kRound + zero;
    elements[i] = static_cast<uint8_t>(static_cast<int32_t>(std::clamp(element, 0.0F, 255.0F)));
  }
}

// The bodies above, compiled for an instruction set.
struct Conversions {
  void (*to_float16)(const float* values, int64_t count, uint16_t* elements);
  void (*to_bfloat16)(const float* values, int64_t count, uint16_t* elements);
  void (*to_uint8)(const float* values, int64_t count, const Uint8Range& range, uint8_t* elements);
  Extremes (*extremes)(const float* values, int64_t count);
};

#if defined(__x86_64__)
#define ONEBYONE_AVX2 __attribute__((target("avx2,fma")))
ONEBYONE_AVX2 void ToFloat16Avx2(const float* values, int64_t count, uint16_t* elements) {
  ToFloat16(values, count, elements);
}
ONEBYONE_AVX2 void ToBFloat16Avx2(const float* values, int64_t count, uint16_t* elements) {
  ToBFloat16(values, count, elements);
}
ONEBYONE_AVX2 void ToUint8Avx2(const float* values, int64_t count, const Uint8Range& range, uint8_t* elements) {
  ToUint8(values, count, range, elements);
}
ONEBYONE_AVX2 Extremes ExtremesAvx2(const float* values, int64_t count) { return ExtremesOf(values, count); }
#undef ONEBYONE_AVX2
#endif

Conversions Choose() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return {ToFloat16Avx2, ToBFloat16Avx2, ToUint8Avx2, ExtremesAvx2};
  }
#endif
  return {ToFloat16, ToBFloat16, ToUint8, ExtremesOf};
}

const Conversions& Fastest() {
  static const Conversions fastest = Choose();
  return fastest;
}

}  // namespace

void ConvertToFloat16(const float* values, int64_t count, uint16_t* elements) {
  Fastest().to_float16(values, count, elements);
}

void ConvertToBFloat16(const float* values, int64_t count, uint16_t* elements) {
  Fastest().to_bfloat16(values, count, elements);
}

Uint8Range ChooseUint8Range(const float* values, int64_t count) {
  const Extremes extremes = Fastest().extremes(values, count);
  return Uint8RangeOf(extremes.least, extremes.most);
}

Uint8Range Uint8RangeOf(double least, double most) {
  least = std::min(least, 0.0);
  most = std::max(most, 0.0);
  if (least == most) return {};
  const auto scale = static_cast<float>((most - least) / 255);
  if (scale < std::numeric_limits<float>::min()) return {};  // 1 / scale would be infinite
  return {scale, static_cast<int32_t>(std::clamp(std::nearbyint(-least / scale), 0.0, 255.0))};
}

void ConvertToUint8(const float* values, int64_t count, const Uint8Range& range, uint8_t* elements) {
  Fastest().to_uint8(values, count, range, elements);
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
