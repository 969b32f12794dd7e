#pragma once

#include <cstdint>

namespace onebyone {

// IEEE 754 binary16 as stored; arithmetic happens in float.
struct Float16 {
  uint16_t bits = 0;
};

// The upper half of a binary32 as stored; arithmetic happens in float.
struct BFloat16 {
  uint16_t bits = 0;
};

// Round to nearest even; overflow gives infinity, NaN stays NaN (quiet), subnormals are kept.
Float16 ToFloat16(float value);
BFloat16 ToBFloat16(float value);

// Exact.
float ToFloat(Float16 value);
float ToFloat(BFloat16 value);

}  // namespace onebyone
