#include "engine/image/preprocessor.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/image/filter_taps.h"
#include "engine/image/fitted_size.h"
#include "engine/image/pixel_normalizer.h"
#include "engine/image/scaled_side.h"
#include "engine/image/separable_resize.h"

namespace onebyone {
namespace {

constexpr int64_t kMostSide = 16384;

absl::Status CheckSide(absl::string_view name, int64_t value) {
  if (value >= 1 && value <= kMostSide) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("preprocessing: ", name, ": want 1 to ", kMostSide, ", got ", value));
}

// The whole original, as it lies in a picture that may have been decoded at a smaller scale, resized and
// placed as `fitted` says.
ResizeAxis AxisOf(int64_t decoded, int64_t original, int64_t offset, int64_t scale_down, const FittedAxis& fitted) {
  const auto scale = static_cast<double>(scale_down);
  ResizeAxis axis;
  axis.input_size = decoded;
  axis.box_begin = static_cast<double>(-offset) / scale;
  axis.box_end = static_cast<double>(original - offset) / scale;
  axis.output_size = fitted.resized;
  axis.output_begin = fitted.begin;
  axis.output_count = fitted.count;
  return axis;
}

absl::Status CheckDecodedSide(absl::string_view name, int64_t decoded, int64_t original, int64_t offset,
                              int64_t scale_down) {
  const bool known_scale = scale_down == 1 || scale_down == 2 || scale_down == 4 || scale_down == 8;
  if (known_scale && decoded >= 1 && decoded == ScaledSide(original, scale_down) &&
      (offset == 0 || offset == original - decoded * scale_down)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("picture: ", name, ": want at least 1 and the original's, ", original,
                                                 ", divided by ", scale_down, ", got ", decoded, ", offset ", offset));
}

class SeparablePreprocessor : public Preprocessor {
 public:
  explicit SeparablePreprocessor(const PreprocessOptions& options) : options_(options), normalizer_(options) {}

  absl::StatusOr<InputToImage> Run(const RgbImage& image, InputFit fit, const TensorView& input) override {
    RETURN_IF_ERROR(CheckInput(fit, input));
    RETURN_IF_ERROR(CheckImage(image));
    const bool keeps_pixels = fit == InputFit::kNoResize || fit == InputFit::kNative;
    return keeps_pixels ? Copy(image, fit, input) : Resize(image, fit, input.As<float>());
  }

  int64_t MinSide(InputFit fit) const override {
    switch (fit) {
      case InputFit::kModel: return options_.resize_shorter_side;
      case InputFit::kSquash:
      case InputFit::kLetterbox: return std::max(options_.width, options_.height);
      default: return 0;
    }
  }

 private:
  absl::Status CheckInput(InputFit fit, const TensorView& input) const {
    const Shape& got = input.shape;
    const bool any_size = fit == InputFit::kNative;
    const bool fits = got.rank() == 4 && got[0] == 1 && got[1] == 3 &&
                      (any_size || (got[2] == options_.height && got[3] == options_.width));
    if (input.data != nullptr && input.type == DataType::kFloat32 && fits) return absl::OkStatus();
    const std::string size = any_size ? "height, width" : absl::StrCat(options_.height, ", ", options_.width);
    return absl::InvalidArgumentError(
        absl::StrCat("input: want float32 [1, 3, ", size, "], got ", NameOf(input.type), " ", got.ToString()));
  }

  static absl::Status CheckImage(const RgbImage& image) {
    if (image.pixels == nullptr) return absl::InvalidArgumentError("picture: want pixels, got none");
    RETURN_IF_ERROR(CheckDecodedSide("width", image.width, image.original_width, image.offset_x, image.scale_down));
    return CheckDecodedSide("height", image.height, image.original_height, image.offset_y, image.scale_down);
  }

  absl::StatusOr<InputToImage> Copy(const RgbImage& image, InputFit fit, const TensorView& input) const {
    const int64_t height = input.shape[2];
    const int64_t width = input.shape[3];
    const bool is_exact = image.width == width && image.height == height;
    const bool is_within = width <= image.width && height <= image.height;
    if (!is_exact && (fit != InputFit::kNative || !is_within)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "picture: want ", fit == InputFit::kNative ? "at least the input's size " : "the network's own size ", width,
          "x", height, ", got ", image.width, "x", image.height));
    }
    const int64_t left = CenterBegin(image.width, width);
    const int64_t top = CenterBegin(image.height, height);
    for (int64_t y = 0; y < height; ++y) {
      const uint8_t* row = image.pixels + 3 * ((top + y) * image.width + left);
      normalizer_.Run(row, width, height * width, input.As<float>() + y * width);
    }
    const auto scale = static_cast<double>(image.scale_down);
    const double middle = 0.5 * scale - 0.5;
    return InputToImage{scale, middle + static_cast<double>(image.offset_x) + static_cast<double>(left) * scale, scale,
                        middle + static_cast<double>(image.offset_y) + static_cast<double>(top) * scale};
  }

  absl::StatusOr<InputToImage> Resize(const RgbImage& image, InputFit fit, float* input) {
    const FittedSize size = FitPicture(fit, options_, image.original_width, image.original_height);
    const ResizeAxis x = AxisOf(image.width, image.original_width, image.offset_x, image.scale_down, size.x);
    const ResizeAxis y = AxisOf(image.height, image.original_height, image.offset_y, image.scale_down, size.y);
    const bool shrinks = x.Scale() >= 1 && y.Scale() >= 1;
    BuildTaps(options_.filter, x, shrinks, columns_);
    BuildTaps(options_.filter, y, shrinks, rows_);
    ASSIGN_OR_RETURN(const uint8_t* const pixels,
                     resize_.Run(image.pixels, image.width, image.height, columns_, rows_));
    Place(pixels, size, input);

    const double xx = static_cast<double>(image.original_width) / static_cast<double>(size.x.resized);
    const double yy = static_cast<double>(image.original_height) / static_cast<double>(size.y.resized);
    return InputToImage{xx, (static_cast<double>(size.x.begin - size.x.pad) + 0.5) * xx - 0.5, yy,
                        (static_cast<double>(size.y.begin - size.y.pad) + 0.5) * yy - 0.5};
  }

  // Normalizes the resized `pixels` to where they lie in the input; around them is the mean.
  void Place(const uint8_t* pixels, const FittedSize& size, float* input) const {
    const int64_t plane = options_.width * options_.height;
    if (size.x.count == options_.width && size.y.count == options_.height) {
      normalizer_.Run(pixels, plane, plane, input);
      return;
    }
    std::fill(input, input + 3 * plane, 0.0F);
    for (int64_t y = 0; y < size.y.count; ++y) {
      float* to = input + (size.y.pad + y) * options_.width + size.x.pad;
      normalizer_.Run(pixels + 3 * y * size.x.count, size.x.count, plane, to);
    }
  }

  const PreprocessOptions options_;
  const PixelNormalizer normalizer_;
  FilterTaps columns_;
  FilterTaps rows_;
  SeparableResize resize_;
};

}  // namespace

absl::Status PreprocessOptions::Validate() const {
  RETURN_IF_ERROR(CheckSide("width", width));
  RETURN_IF_ERROR(CheckSide("height", height));
  RETURN_IF_ERROR(CheckSide("resize_shorter_side", resize_shorter_side));
  if (resize_shorter_side < std::max(width, height)) {
    return absl::InvalidArgumentError(absl::StrCat("preprocessing: resize_shorter_side: want at least the input's ",
                                                   width, "x", height, ", got ", resize_shorter_side));
  }
  if (!std::isfinite(scale) || scale == 0) {
    return absl::InvalidArgumentError(absl::StrCat("preprocessing: scale: want a finite number but 0, got ", scale));
  }
  for (int i = 0; i < 3; ++i) {
    if (!std::isfinite(mean[i])) {
      return absl::InvalidArgumentError(
          absl::StrCat("preprocessing: mean ", i, ": want a finite number, got ", mean[i]));
    }
    if (!std::isfinite(std[i]) || std[i] == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("preprocessing: std ", i, ": want a finite number but 0, got ", std[i]));
    }
  }
  return absl::OkStatus();
}

float PreprocessOptions::LowestInput() const {
  float lowest = std::numeric_limits<float>::infinity();
  for (size_t i = 0; i < mean.size(); ++i) {
    for (const float pixel : {0.0F, 255.0F}) lowest = std::min(lowest, (pixel * scale - mean[i]) / std[i]);
  }
  return lowest;
}

float PreprocessOptions::HighestInput() const {
  float highest = -std::numeric_limits<float>::infinity();
  for (size_t i = 0; i < mean.size(); ++i) {
    for (const float pixel : {0.0F, 255.0F}) highest = std::max(highest, (pixel * scale - mean[i]) / std[i]);
  }
  return highest;
}

absl::StatusOr<std::unique_ptr<Preprocessor>> Preprocessor::Create(const PreprocessOptions& options) {
  RETURN_IF_ERROR(options.Validate());
  return std::make_unique<SeparablePreprocessor>(options);
}

}  // namespace onebyone
