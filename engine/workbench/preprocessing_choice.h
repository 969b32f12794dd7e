#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "engine/image/preprocessor.h"
#include "engine/tensor/shape.h"

namespace onebyone {

// Arithmetic that frameworks' pretrained networks expect; (pixel * scale - mean) / std per channel in the color order.
enum class Preset : uint8_t {
  kNone,         // rgb, 0..255 as they are
  kCaffe,        // bgr, mean 104, 117, 123
  kTorchvision,  // rgb, scale 1/255, mean 0.485, 0.456, 0.406, std 0.229, 0.224, 0.225
  kTensorflow,   // rgb, scaled to -1..1
};

// A preset and the numbers that are given instead of its own.
struct PreprocessingChoice {
  Preset preset = Preset::kNone;
  std::optional<ColorOrder> color;
  std::optional<std::array<float, 3>> mean;
  std::optional<std::array<float, 3>> std;
  std::optional<float> scale;
  int64_t input_size = 0;           // 0: the network's own, or 224 where it takes any
  int64_t resize_shorter_side = 0;  // 0: 8/7 of the input's side
  ResizeFilter filter = ResizeFilter::kAntialias;
};

// The preprocessing of a network whose input is `input`, [N, 3, height, width] with Shape::kUnknown where it is free.
// Errors of ReadPreprocessing.
absl::StatusOr<PreprocessOptions> ChoosePreprocessing(const PreprocessingChoice& choice, const Shape& input);

}  // namespace onebyone
