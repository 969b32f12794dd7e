#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/image/image_decoder.h"
#include "engine/tensor/tensor_view.h"

namespace onebyone {

enum class ResizeFilter : uint8_t {
  kAntialias,  // Pillow's BILINEAR, to the bit
  kBilinear,   // OpenCV's INTER_LINEAR, to within one grey level
  kArea,       // OpenCV's INTER_AREA, to within one grey level
};
enum class ColorOrder : uint8_t { kRgb, kBgr };

// How pixels become the network's input: input = (pixel * scale - mean) / std per channel in the order of `color`,
// pixels 0 to 255.
struct PreprocessOptions {
  int64_t width = 224;
  int64_t height = 224;
  int64_t resize_shorter_side = 256;  // then the centre is cropped; at least the input's sides
  ResizeFilter filter = ResizeFilter::kAntialias;
  ColorOrder color = ColorOrder::kRgb;
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> std = {1, 1, 1};
  float scale = 1;
  absl::Status Validate() const;
  // The smallest and the largest number that the network's input can hold, over all channels.
  float LowestInput() const;
  float HighestInput() const;
};

// How the picture is fitted to the network's input.
enum class InputFit : uint8_t {
  // The shorter side is resized to `resize_shorter_side`, the longer one in proportion (rounded down), then the centre
  // is cropped (half of what is left over begins it, rounded half to even): torchvision's Resize and CenterCrop.
  kModel,
  // The whole picture is resized to the input's size; its aspect ratio is lost.
  kSquash,
  // The picture is resized to fit whole, keeping its aspect ratio (the side that does not fill the input is rounded to
  // the nearest, at least one pixel); before it lies half of what is left over, rounded down. The rest is filled with
  // the mean colour, which is 0 in the network's input.
  kLetterbox,
  // Not resized: the middle of the picture, as large as the input that is given (half of what is left over begins it,
  // rounded half to even).
  kNative,
  // The picture must have exactly the input's size.
  kNoResize,
};

// From a pixel (x, y) of the network's input to the original upright picture:
// (xx * x + x0, yy * y + y0); the middle of the first pixel is (0, 0) on both sides.
struct InputToImage {
  double xx = 1;
  double x0 = 0;
  double yy = 1;
  double y0 = 0;
};

// Resizes, crops, normalizes and lays out pictures. Keeps its scratch memory from one to the next. One per thread.
class Preprocessor {
 public:
  static absl::StatusOr<std::unique_ptr<Preprocessor>> Create(const PreprocessOptions& options);
  virtual ~Preprocessor() = default;

  // Writes `image` to `input`, float32 [1, 3, height, width] of the options, or of any size with kNative.
  // INVALID_ARGUMENT where `input` or, with kNoResize, the picture has another size, or, with kNative, the picture is
  // smaller than the input.
  virtual absl::StatusOr<InputToImage> Run(const RgbImage& image, InputFit fit, const TensorView& input) = 0;

  // The least shorter side that a decoder should deliver for this fit (0: every pixel).
  virtual int64_t MinSide(InputFit fit) const = 0;
};

}  // namespace onebyone
