#pragma once

#include "engine/image/preprocessor.h"
#include "tests/image/encoded.h"

namespace onebyone::testing {

// `image` as the preprocessor fits it to the size of `options`, or with kNative to multiples of 32, back in grey
// levels.
Picture Fitted(const RgbImage& image, const PreprocessOptions& options, InputToImage* to_image = nullptr,
               InputFit fit = InputFit::kModel);

// The size that torchvision's Resize(shorter) gives: int(shorter * long / short) for the longer side.
struct Size {
  int64_t width;
  int64_t height;
};
Size TorchvisionSize(int64_t width, int64_t height, int64_t shorter);

// Where torchvision's CenterCrop begins: int(round((whole - part) / 2.0)), a half to the even number.
int64_t TorchvisionCrop(int64_t whole, int64_t part);

}  // namespace onebyone::testing
