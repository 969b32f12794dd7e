#pragma once

#include <cstdint>

namespace onebyone {

// `count` pixels from YCbCr as JFIF has it (ITU-R BT.601, full range) to interleaved RGB, as libjpeg does, to the bit.
void YccToRgb(const uint8_t* luma, const uint8_t* blue_difference, const uint8_t* red_difference, int64_t count,
              uint8_t* rgb);

}  // namespace onebyone
