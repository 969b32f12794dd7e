#pragma once

#include <cstdint>

namespace onebyone {

// Conversions of many elements, in vector code of the CPU that runs them; each equals its plain twin of
// engine/tensor/half.h bit for bit (NaN stays NaN, its payload is free). Thread-safe.

// Round to nearest even, overflow to infinity, subnormals kept.
void ConvertToFloat16(const float* values, int64_t count, uint16_t* elements);
void ConvertToBFloat16(const float* values, int64_t count, uint16_t* elements);

// value ~ scale * (element - zero_point) with the error of half a step, over the range of `values` widened to hold 0
// (so that zero is exact). A channel of nothing but zeros has scale 1. Values that are not finite are drawn to the ends
// of the range.
struct Uint8Range {
  float scale = 1;
  int32_t zero_point = 0;
};
Uint8Range ChooseUint8Range(const float* values, int64_t count);
// The range from `least` to `most`, finite, widened to hold 0.
Uint8Range Uint8RangeOf(double least, double most);
// Values outside the range saturate; a NaN becomes the least.
void ConvertToUint8(const float* values, int64_t count, const Uint8Range& range, uint8_t* elements);

// [rows, columns] to [columns, rows].
void Transpose(const float* from, int64_t rows, int64_t columns, float* to);

}  // namespace onebyone
