#include "engine/image/image_limits.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

absl::Status CheckPositive(absl::string_view name, int64_t value) {
  if (value >= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("image limits: ", name, ": want at least 1, got ", value));
}

}  // namespace

absl::Status ImageLimits::Validate() const {
  RETURN_IF_ERROR(CheckPositive("max_bytes", max_bytes));
  RETURN_IF_ERROR(CheckPositive("max_pixels", max_pixels));
  RETURN_IF_ERROR(CheckPositive("max_side", max_side));
  RETURN_IF_ERROR(CheckPositive("max_jpeg_scans", max_jpeg_scans));
  // What decoders and resizing count in must hold it.
  constexpr int64_t kMostPixels = int64_t{1} << 30;
  if (max_pixels > kMostPixels) {
    return absl::InvalidArgumentError(
        absl::StrCat("image limits: max_pixels: want at most ", kMostPixels, ", got ", max_pixels));
  }
  return absl::OkStatus();
}

absl::Status CheckSize(int64_t width, int64_t height, const ImageLimits& limits) {
  if (width < 1) return absl::InvalidArgumentError(absl::StrCat("width: want at least 1, got ", width));
  if (height < 1) return absl::InvalidArgumentError(absl::StrCat("height: want at least 1, got ", height));
  // Sides are at most 2^32, so the product of two may overflow: divide.
  if (width > limits.max_pixels / height) {
    const double pixels = static_cast<double>(width) * static_cast<double>(height);
    const std::string got = pixels < 9e18 ? absl::StrCat(width * height) : absl::StrCat(pixels);
    return absl::InvalidArgumentError(
        absl::StrCat("pixels: want at most ", limits.max_pixels, ", got ", got, " (", width, "x", height, ")"));
  }
  if (width > limits.max_side || height > limits.max_side) {
    return absl::InvalidArgumentError(
        absl::StrCat("side: want at most ", limits.max_side, ", got ", width, "x", height));
  }
  return absl::OkStatus();
}

}  // namespace onebyone
