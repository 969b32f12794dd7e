#pragma once

#include <cstdint>
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
  // Of the picture as stored in the file, upright: width times 1, 2, 4 or 8 of a JPEG that was decoded at a smaller scale.
  int64_t original_width = 0;
  int64_t original_height = 0;
};

// Decodes images into memory of its own, which is kept from one image to the next. One per thread.
//
// Gray, palette, CMYK/YCCK and 16-bit pictures become 8-bit RGB; alpha is laid over white; EXIF orientation is applied. Pixels that the
// file does not hold are never shown: a picture that is cut or that the decoder complains about is an error.
class ImageDecoder {
 public:
  struct Options {
    ImageLimits limits;
  };
  static absl::StatusOr<std::unique_ptr<ImageDecoder>> Create(const Options& options);
  virtual ~ImageDecoder() = default;

  // `min_side`: 0 decodes every pixel; otherwise a JPEG may be decoded at 1/2, 1/4 or 1/8 scale as long as its shorter side stays at
  // least this long. INVALID_ARGUMENT for what cannot be decoded, RESOURCE_EXHAUSTED where there is no memory.
  virtual absl::StatusOr<RgbImage> Decode(absl::string_view encoded, int64_t min_side = 0) = 0;
};

}  // namespace onebyone
