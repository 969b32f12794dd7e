#include "engine/image/ycc_to_rgb.h"

#include <algorithm>

#include "engine/base/always_inline.h"

// The loops below are compiled twice on x86: for every machine, and for those with AVX2.
#if defined(__x86_64__)
#define ONEBYONE_AVX2 __attribute__((target("avx2")))
#endif

namespace onebyone {
namespace {

// 16 bits behind the point.
constexpr int32_t kRedOfRed = 91881;      // 1.40200
constexpr int32_t kGreenOfBlue = -22554;  // -0.34414
constexpr int32_t kGreenOfRed = -46802;   // -0.71414
constexpr int32_t kBlueOfBlue = 116130;   // 1.77200
constexpr int32_t kHalf = int32_t{1} << 15;

constexpr int64_t kBlock = 64;

ONEBYONE_ALWAYS_INLINE uint8_t ToByte(int32_t value) { return static_cast<uint8_t>(std::clamp(value, 0, 255)); }

struct Row {
  const uint8_t* luma;
  const uint8_t* blue_difference;
  const uint8_t* red_difference;
};

// Planes first, which the compiler makes vectors of.
ONEBYONE_ALWAYS_INLINE void ConvertBlock(const Row& row, int64_t begin, int64_t count, uint8_t* rgb) {
  uint8_t planes[3][kBlock];
  for (int64_t i = 0; i < count; ++i) {
    const int32_t y = row.luma[begin + i];
    const int32_t blue = row.blue_difference[begin + i] - 128;
    const int32_t red = row.red_difference[begin + i] - 128;
    planes[0][i] = ToByte(y + ((kRedOfRed * red + kHalf) >> 16));
    planes[1][i] = ToByte(y + ((kGreenOfBlue * blue + kGreenOfRed * red + kHalf) >> 16));
    planes[2][i] = ToByte(y + ((kBlueOfBlue * blue + kHalf) >> 16));
  }
  for (int64_t i = 0; i < count; ++i) {
    for (int channel = 0; channel < 3; ++channel) rgb[3 * i + channel] = planes[channel][i];
  }
}

ONEBYONE_ALWAYS_INLINE void ConvertLoop(const Row& row, int64_t count, uint8_t* rgb) {
  int64_t begin = 0;
  for (; begin + kBlock <= count; begin += kBlock) ConvertBlock(row, begin, kBlock, rgb + 3 * begin);
  if (begin < count) ConvertBlock(row, begin, count - begin, rgb + 3 * begin);
}

void Convert(const Row& row, int64_t count, uint8_t* rgb) { ConvertLoop(row, count, rgb); }
#if defined(__x86_64__)
ONEBYONE_AVX2 void ConvertAvx2(const Row& row, int64_t count, uint8_t* rgb) { ConvertLoop(row, count, rgb); }
#endif

auto BestConvert() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return &ConvertAvx2;
#endif
  return &Convert;
}

}  // namespace

void YccToRgb(const uint8_t* luma, const uint8_t* blue_difference, const uint8_t* red_difference, int64_t count,
              uint8_t* rgb) {
  static const auto convert = BestConvert();
  convert({luma, blue_difference, red_difference}, count, rgb);
}

}  // namespace onebyone
