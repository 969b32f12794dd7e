#include "engine/image/pixel_normalizer.h"

namespace onebyone {

PixelNormalizer::PixelNormalizer(const PreprocessOptions& options) {
  for (int plane = 0; plane < 3; ++plane) {
    channel_[plane] = options.color == ColorOrder::kRgb ? plane : 2 - plane;
    for (int pixel = 0; pixel < 256; ++pixel) {
      const double centered = double{options.scale} * pixel - options.mean[plane];
      value_[plane][pixel] = static_cast<float>(centered / options.std[plane]);
    }
  }
}

void PixelNormalizer::Run(const uint8_t* rgb, int64_t pixels, int64_t plane, float* planes) const {
  for (int channel = 0; channel < 3; ++channel) {
    const uint8_t* from = rgb + channel_[channel];
    const auto& value = value_[channel];
    float* to = planes + channel * plane;
    for (int64_t i = 0; i < pixels; ++i) to[i] = value[from[3 * i]];
  }
}

}  // namespace onebyone
