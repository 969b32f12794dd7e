#include "engine/image/ycc_to_rgb.h"

#include <algorithm>

namespace onebyone {
namespace {

// 16 bits behind the point.
constexpr int32_t kRedOfRed = 91881;      // 1.40200
constexpr int32_t kGreenOfBlue = -22554;  // -0.34414
constexpr int32_t kGreenOfRed = -46802;   // -0.71414
constexpr int32_t kBlueOfBlue = 116130;   // 1.77200
constexpr int32_t kHalf = int32_t{1} << 15;

inline uint8_t ToByte(int32_t value) { return static_cast<uint8_t>(std::clamp(value, 0, 255)); }

}  // namespace

void YccToRgb(const uint8_t* luma, const uint8_t* blue_difference, const uint8_t* red_difference, int64_t count,
              uint8_t* rgb) {
  for (int64_t i = 0; i < count; ++i, rgb += 3) {
    const int32_t y = luma[i];
    const int32_t blue = blue_difference[i] - 128;
    const int32_t red = red_difference[i] - 128;
    rgb[0] = ToByte(y + ((kRedOfRed * red + kHalf) >> 16));
    rgb[1] = ToByte(y + ((kGreenOfBlue * blue + kGreenOfRed * red + kHalf) >> 16));
    rgb[2] = ToByte(y + ((kBlueOfBlue * blue + kHalf) >> 16));
  }
}

}  // namespace onebyone
