#include "engine/image/preprocessor.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/image/filter_taps.h"
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

// Where the middle `part` of `whole` begins; a half is rounded to the even number, as Python does and so torchvision.
int64_t CenterBegin(int64_t whole, int64_t part) {
  const int64_t half = (whole - part) / 2;
  return half + ((whole - part) % 2 != 0 && half % 2 != 0 ? 1 : 0);
}

// The size with a given shorter side; the longer one is rounded down, as in torchvision.
struct ResizedSize {
  ResizedSize(int64_t original_width, int64_t original_height, int64_t shorter)
      : width(original_width <= original_height ? shorter : shorter * original_width / original_height),
        height(original_width <= original_height ? shorter * original_height / original_width : shorter) {}
  int64_t width;
  int64_t height;
};

// The whole original, as it lies in a picture that may have been decoded at a smaller scale, resized to `resized`
// pixels, of which the middle `wanted` are kept.
ResizeAxis AxisOf(int64_t decoded, int64_t original, int64_t offset, int64_t scale_down, int64_t resized,
                  int64_t wanted) {
  const auto scale = static_cast<double>(scale_down);
  ResizeAxis axis;
  axis.input_size = decoded;
  axis.box_begin = static_cast<double>(-offset) / scale;
  axis.box_end = static_cast<double>(original - offset) / scale;
  axis.output_size = resized;
  axis.output_begin = CenterBegin(resized, wanted);
  axis.output_count = wanted;
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
    RETURN_IF_ERROR(CheckInput(input));
    RETURN_IF_ERROR(CheckImage(image));
    if (fit == InputFit::kNoResize) return Copy(image, input.As<float>());
    return Resize(image, input.As<float>());
  }

  int64_t MinSide(InputFit fit) const override { return fit == InputFit::kNoResize ? 0 : options_.resize_shorter_side; }

 private:
  absl::Status CheckInput(const TensorView& input) const {
    const Shape& got = input.shape;
    const bool fits =
        got.rank() == 4 && got[0] == 1 && got[1] == 3 && got[2] == options_.height && got[3] == options_.width;
    if (input.data != nullptr && input.type == DataType::kFloat32 && fits) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("input: want float32 [1, 3, ", options_.height, ", ", options_.width,
                                                   "], got ", NameOf(input.type), " ", got.ToString()));
  }

  static absl::Status CheckImage(const RgbImage& image) {
    if (image.pixels == nullptr) return absl::InvalidArgumentError("picture: want pixels, got none");
    RETURN_IF_ERROR(CheckDecodedSide("width", image.width, image.original_width, image.offset_x, image.scale_down));
    return CheckDecodedSide("height", image.height, image.original_height, image.offset_y, image.scale_down);
  }

  absl::StatusOr<InputToImage> Copy(const RgbImage& image, float* input) const {
    if (image.width != options_.width || image.height != options_.height) {
      return absl::InvalidArgumentError(absl::StrCat("picture: want the network's own size ", options_.width, "x",
                                                     options_.height, ", got ", image.width, "x", image.height));
    }
    normalizer_.Run(image.pixels, image.width * image.height, input);
    const auto scale = static_cast<double>(image.scale_down);
    const double middle = 0.5 * scale - 0.5;
    return InputToImage{scale, middle + static_cast<double>(image.offset_x), scale,
                        middle + static_cast<double>(image.offset_y)};
  }

  absl::StatusOr<InputToImage> Resize(const RgbImage& image, float* input) {
    const ResizedSize resized(image.original_width, image.original_height, options_.resize_shorter_side);
    const ResizeAxis x =
        AxisOf(image.width, image.original_width, image.offset_x, image.scale_down, resized.width, options_.width);
    const ResizeAxis y =
        AxisOf(image.height, image.original_height, image.offset_y, image.scale_down, resized.height, options_.height);
    const bool shrinks = x.Scale() >= 1 && y.Scale() >= 1;
    BuildTaps(options_.filter, x, shrinks, columns_);
    BuildTaps(options_.filter, y, shrinks, rows_);
    ASSIGN_OR_RETURN(const uint8_t* const pixels,
                     resize_.Run(image.pixels, image.width, image.height, columns_, rows_));
    normalizer_.Run(pixels, options_.width * options_.height, input);

    const double xx = static_cast<double>(image.original_width) / static_cast<double>(resized.width);
    const double yy = static_cast<double>(image.original_height) / static_cast<double>(resized.height);
    return InputToImage{xx, (static_cast<double>(x.output_begin) + 0.5) * xx - 0.5, yy,
                        (static_cast<double>(y.output_begin) + 0.5) * yy - 0.5};
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

absl::StatusOr<std::unique_ptr<Preprocessor>> Preprocessor::Create(const PreprocessOptions& options) {
  RETURN_IF_ERROR(options.Validate());
  return std::make_unique<SeparablePreprocessor>(options);
}

}  // namespace onebyone
