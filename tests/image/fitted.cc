#include "tests/image/fitted.h"

#include <gtest/gtest.h>

#include <cfenv>
#include <cmath>

#include "engine/tensor/tensor.h"

namespace onebyone::testing {

Picture Fitted(const RgbImage& image, const PreprocessOptions& options, InputToImage* to_image, InputFit fit) {
  const auto preprocessor = *Preprocessor::Create(options);
  const int64_t width = fit == InputFit::kNative ? image.width / 32 * 32 : options.width;
  const int64_t height = fit == InputFit::kNative ? image.height / 32 * 32 : options.height;
  Tensor input = *Tensor::Create(DataType::kFloat32, {1, 3, height, width});
  const auto mapping = preprocessor->Run(image, fit, input.view());
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  if (mapping.ok() && to_image != nullptr) *to_image = *mapping;
  Picture picture(width, height);
  const float* plane = input.As<float>();
  const int64_t pixels = width * height;
  const auto level = [](float value) { return static_cast<uint8_t>(value); };
  for (int64_t i = 0; i < pixels; ++i) {
    picture.at(i % width, i / width) = {level(plane[i]), level(plane[pixels + i]), level(plane[2 * pixels + i])};
  }
  return picture;
}

Size TorchvisionSize(int64_t width, int64_t height, int64_t shorter) {
  const double ratio = static_cast<double>(std::max(width, height)) * static_cast<double>(shorter);
  const auto longer = static_cast<int64_t>(ratio / static_cast<double>(std::min(width, height)));
  return width <= height ? Size{shorter, longer} : Size{longer, shorter};
}

int64_t TorchvisionCrop(int64_t whole, int64_t part) {
  std::fesetround(FE_TONEAREST);
  return static_cast<int64_t>(std::nearbyint(static_cast<double>(whole - part) / 2.0));
}

}  // namespace onebyone::testing
