#include "engine/image/samples_to_rgb.h"

#include <limits>

namespace onebyone {
namespace {

inline uint8_t ToByte(uint8_t value) { return value; }
inline uint8_t ToByte(uint16_t value) { return static_cast<uint8_t>((value + 128u) / 257u); }

// `value` laid over white by its share `alpha`.
template <typename T>
inline T OverWhite(T value, T alpha) {
  constexpr uint64_t kOne = std::numeric_limits<T>::max();
  return static_cast<T>((uint64_t{value} * alpha + kOne * (kOne - alpha) + kOne / 2) / kOne);
}

template <typename T, int kChannels>
void ConvertRow(const T* from, int64_t width, uint8_t* rgb) {
  constexpr int kGreen = kChannels == 1 ? 0 : 1;
  constexpr int kRed = kChannels == 1 ? 0 : 2;
  for (int64_t x = 0; x < width; ++x, from += kChannels, rgb += 3) {
    T red = from[kRed];
    T green = from[kGreen];
    T blue = from[0];
    if constexpr (kChannels == 4) {
      red = OverWhite(red, from[3]);
      green = OverWhite(green, from[3]);
      blue = OverWhite(blue, from[3]);
    }
    rgb[0] = ToByte(red);
    rgb[1] = ToByte(green);
    rgb[2] = ToByte(blue);
  }
}

template <typename T>
void WhitenRow(const T* from, int64_t width, int channels, const std::array<uint16_t, 3>& transparent, uint8_t* rgb) {
  for (int64_t x = 0; x < width; ++x, from += channels, rgb += 3) {
    bool is_equal = true;
    for (int channel = 0; channel < channels; ++channel) is_equal &= from[channel] == transparent[channel];
    if (is_equal) rgb[0] = rgb[1] = rgb[2] = 255;
  }
}

template <typename T>
void Convert(const Samples& samples, uint8_t* rgb) {
  for (int64_t y = 0; y < samples.height; ++y, rgb += 3 * samples.width) {
    const T* from = reinterpret_cast<const T*>(samples.rows + y * samples.row_bytes);
    switch (samples.channels) {
      case 1: ConvertRow<T, 1>(from, samples.width, rgb); break;
      case 3: ConvertRow<T, 3>(from, samples.width, rgb); break;
      default: ConvertRow<T, 4>(from, samples.width, rgb); break;
    }
    if (samples.transparent && samples.channels < 4) {
      WhitenRow(from, samples.width, samples.channels, *samples.transparent, rgb);
    }
  }
}

}  // namespace

void SamplesToRgb(const Samples& samples, uint8_t* rgb) {
  samples.bits == 16 ? Convert<uint16_t>(samples, rgb) : Convert<uint8_t>(samples, rgb);
}

}  // namespace onebyone
