#include "absl/status/status.h"
#include "engine/image/image_header.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"

// A header is refused, or promises a picture within the limits, whatever stands in the file.

using onebyone::ImageFormat;
using onebyone::ImageHeader;
using onebyone::ImageLimits;
using onebyone::ProbeImage;
using onebyone::testing::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view encoded(reinterpret_cast<const char*>(data), size);
  const ImageLimits limits;
  const absl::StatusOr<ImageHeader> header = ProbeImage(encoded, limits);
  if (!header.ok()) {
    Require(absl::IsInvalidArgument(header.status()), "a header that is refused is INVALID_ARGUMENT");
    return 0;
  }
  Require(header->width >= 1 && header->height >= 1, "a picture has pixels");
  Require(header->width <= limits.max_side && header->height <= limits.max_side, "sides are within the limit");
  Require(header->width * header->height <= limits.max_pixels, "pixels are within the limit");
  Require(header->orientation >= 1 && header->orientation <= 8, "an orientation is one of eight");
  Require(header->jpeg_scans >= 1 && header->jpeg_scans <= limits.max_jpeg_scans, "scans are within the limit");
  // Two bytes a coefficient of up to four components, in units of at most 32x32 pixels.
  const int64_t padded = (header->width + 31) / 32 * 32 * ((header->height + 31) / 32 * 32);
  Require(header->coefficient_bytes >= 0 && header->coefficient_bytes <= 8 * padded, "coefficients are bounded");
  Require(header->format == ImageFormat::kJpeg || header->coefficient_bytes == 0, "only a JPEG has coefficients");
  const int64_t samples = header->sample_bytes + header->unpacking_bytes;
  Require(
      samples >= 0 && samples <= 8 * header->width * header->height && header->sample_bytes <= 4 * limits.max_pixels,
      "samples are bounded");

  ImageLimits smaller = limits;
  smaller.max_pixels = header->width * header->height - 1;
  if (smaller.max_pixels < 1) return 0;
  Require(!ProbeImage(encoded, smaller).ok(), "one pixel over the limit is refused");
  return 0;
}
