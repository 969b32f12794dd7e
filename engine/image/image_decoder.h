#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/image/image_header.h"

namespace onebyone {

// 8-bit RGB, interleaved, upright; rows are dense (stride = 3 * width).
struct RgbImage {
  const uint8_t* pixels = nullptr;  // owned by the decoder that made it, valid until its next Decode
  int64_t width = 0;
  int64_t height = 0;
  // Of the upright picture as the file has it.
  int64_t original_width = 0;
  int64_t original_height = 0;
  // 1, or 2, 4 or 8 for a JPEG that was decoded at a smaller scale: the middle of pixel x lies at
  // scale_down * (x + 0.5) - 0.5 + offset_x in the original (pixel middles are whole numbers), and likewise for y.
  int64_t scale_down = 1;
  int64_t offset_x = 0;
  int64_t offset_y = 0;
};

// Decodes images into memory of its own, which is kept from one image to the next. One per thread.
//
// Gray, palette, CMYK/YCCK and 16-bit pictures (value / 257, rounded) become 8-bit RGB; alpha is laid over white; EXIF
// orientation is applied. Pixels that the file does not hold are never shown: a picture that is cut or that the decoder
// complains about is an error. Of an animated PNG the default image counts; an animated WebP is an error.
class ImageDecoder {
 public:
  struct Options {
    ImageLimits limits;
    // Asked before the decoder's pixel memory grows, and before a JPEG in several scans or a lossless WebP, with the
    // bytes that it will then have in all: pixels, the samples that they are made of, and such a JPEG's coefficients or
    // such a WebP's pixels as libwebp unpacks them; but neither a copy of the file nor what the libraries take for rows
    // and tables. What it had is free by then. An error becomes that of Decode. Null: no limit.
    std::function<absl::Status(int64_t bytes)> may_hold{};
    // Asked every few rows of a JPEG, and every few rows of each of its scans. An error ends the work and becomes that
    // of Decode. Not asked where a JPEG is read at 1/8 by our own decoder (under a millisecond a megapixel) and in PNG,
    // WebP and BMP. Null: always.
    std::function<absl::Status()> may_go_on{};
  };
  static absl::StatusOr<std::unique_ptr<ImageDecoder>> Create(const Options& options);
  virtual ~ImageDecoder() = default;

  // `min_side`: 0 decodes every pixel; otherwise a JPEG may be decoded at 1/2, 1/4 or 1/8 scale as long as its shorter
  // side stays at least this long. INVALID_ARGUMENT for what cannot be decoded, RESOURCE_EXHAUSTED where there is no
  // memory.
  virtual absl::StatusOr<RgbImage> Decode(absl::string_view encoded, int64_t min_side = 0) = 0;

  // Pixel memory that is kept for the next image, samples included; coefficients are not kept.
  virtual int64_t held_bytes() const = 0;
  // Gives it up, and with it the pixels of the last image.
  virtual void Free() = 0;
};

}  // namespace onebyone
