#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/image/image_decoder.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"
#include "tests/image/encoded.h"

// Any file is refused, or becomes a picture within the limits; and no pixel of the picture before shows in it: decoded
// after a white one and after a black one it is the same, at full scale and at the smallest.

namespace {

using onebyone::ImageDecoder;
using onebyone::ImageHeader;
using onebyone::ImageLimits;
using onebyone::ProbeImage;
using onebyone::RgbImage;
using onebyone::testing::Picture;
using onebyone::testing::Require;

ImageLimits Limits() {
  ImageLimits limits;
  limits.max_pixels = 1 << 16;
  limits.max_side = 4096;
  return limits;
}

// A decoder that is used again and again, and pictures of one colour that fill all of its memory: the pixels as stored,
// those that are turned upright, and the samples of its own decoder at 1/8.
struct Lane {
  explicit Lane(uint8_t shade) : decoder(*ImageDecoder::Create({.limits = Limits(), .may_hold = {}, .may_go_on = {}})) {
    const Picture whole(256, 256, {shade, shade, shade});
    const std::string jpeg = onebyone::testing::EncodeJpeg(whole);
    fillers = {onebyone::testing::EncodeBmp(whole), jpeg,
               onebyone::testing::WithJpegSegment(jpeg, 0xE1, onebyone::testing::Exif(6))};
  }

  void Fill() {
    Require(decoder->Decode(fillers[2]).ok(), "the turned filler decodes");
    Require(decoder->Decode(fillers[1], 1).ok(), "the small filler decodes");
    Require(decoder->Decode(fillers[0]).ok(), "the filler decodes");
  }

  std::unique_ptr<ImageDecoder> decoder;
  std::vector<std::string> fillers;
};

void CheckSize(const RgbImage& image, const ImageHeader& header) {
  Require(image.width >= 1 && image.height >= 1, "a picture has pixels");
  Require(image.width * image.height <= Limits().max_pixels, "pixels are within the limit");
  Require(image.original_width == header.UprightWidth() && image.original_height == header.UprightHeight(),
          "a picture has the size that its header promises");
  const int64_t scale = image.scale_down;
  Require(image.width == (image.original_width + scale - 1) / scale &&
              image.height == (image.original_height + scale - 1) / scale,
          "a scaled picture has its share of the pixels");
}

void CheckNothingShows(absl::string_view encoded, int64_t min_side) {
  static auto* const after_white = new Lane(255);
  static auto* const after_black = new Lane(0);
  const absl::StatusOr<RgbImage> first = after_white->decoder->Decode(encoded, min_side);
  if (!first.ok()) {
    Require(absl::IsInvalidArgument(first.status()), "a file that is refused is INVALID_ARGUMENT");
    return;
  }
  after_white->Fill();
  after_black->Fill();
  const absl::StatusOr<RgbImage> white = after_white->decoder->Decode(encoded, min_side);
  const absl::StatusOr<RgbImage> black = after_black->decoder->Decode(encoded, min_side);
  Require(white.ok() && black.ok(), "what decodes once decodes again");
  const absl::StatusOr<ImageHeader> header = ProbeImage(encoded, Limits());
  Require(header.ok(), "what decodes has a header that is let in");
  CheckSize(*white, *header);
  Require(white->width == black->width && white->height == black->height, "a picture has one size");
  Require(std::memcmp(white->pixels, black->pixels, 3 * white->width * white->height) == 0,
          "no pixel of the picture before shows");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view encoded(reinterpret_cast<const char*>(data), size);
  CheckNothingShows(encoded, 0);
  CheckNothingShows(encoded, 1);
  return 0;
}
