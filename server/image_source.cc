#include "server/image_source.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

absl::StatusOr<InputToImage> CopyInput(absl::string_view bytes, const TensorView& input) {
  auto* const values = input.As<float>();
  std::memcpy(values, bytes.data(), bytes.size());
  const int64_t count = input.shape.Elements();
  constexpr uint32_t kExponent = 0x7F800000;  // all of it is set in infinities and NaNs only
  bool all_finite = true;
  for (int64_t i = 0; i < count; ++i) all_finite &= (std::bit_cast<uint32_t>(values[i]) & kExponent) != kExponent;
  if (all_finite) return InputToImage{};
  int64_t at = 0;
  while (std::isfinite(values[at])) ++at;
  return absl::InvalidArgumentError(
      absl::StrCat("network input: wanted finite numbers, got ", values[at], " at element ", at));
}

}  // namespace

RequestImages ImagesOf(const v1::ExtractFeaturesRequest& request) {
  RequestImages images;
  images.sources.reserve(request.images_size());
  for (const v1::Image& image : request.images()) {
    images.sources.push_back({.bytes = image.content(), .id = image.id()});
  }
  return images;
}

absl::StatusOr<RgbImage> ReadPixels(const ImageSource& source, ImageDecoder& decoder, int64_t min_side) {
  if (source.form == ImageSource::Form::kEncoded) return decoder.Decode(source.bytes, min_side);
  RgbImage image;
  image.width = image.original_width = source.width;
  image.height = image.original_height = source.height;
  if (source.form == ImageSource::Form::kPixels) image.pixels = reinterpret_cast<const uint8_t*>(source.bytes.data());
  return image;
}

absl::StatusOr<InputToImage> WriteInput(const ImageSource& source, const RgbImage& image, InputFit fit,
                                        Preprocessor& preprocessor, const TensorView& input) {
  if (source.form == ImageSource::Form::kNetworkInput) return CopyInput(source.bytes, input);
  return preprocessor.Run(image, fit, input);
}

}  // namespace onebyone
