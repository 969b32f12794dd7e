#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

enum class ImageFormat : uint8_t { kJpeg, kPng, kWebp, kBmp };

absl::string_view NameOf(ImageFormat format);

// What an image may cost, checked before any pixel memory is taken.
struct ImageLimits {
  int64_t max_bytes = int64_t{32} << 20;   // encoded
  int64_t max_pixels = int64_t{64} << 20;  // width * height
  int64_t max_side = 32768;                // width or height
  int64_t max_jpeg_scans = 64;             // a progressive JPEG of 3,000 scans keeps a decoder busy for 20 s
  absl::Status Validate() const;
};

// What the first bytes of an encoded image promise.
struct ImageHeader {
  ImageFormat format = ImageFormat::kJpeg;
  int64_t width = 0;  // as stored, before orientation
  int64_t height = 0;
  int orientation = 1;  // EXIF, 1 to 8; 1 where absent or broken
  int jpeg_scans = 1;
  // What libjpeg keeps of a JPEG in several scans until the last one is read, at any scale: all coefficients, two bytes
  // each; 0 for all others.
  int64_t coefficient_bytes = 0;
  // Of PNG and WebP: what their reader writes before it becomes RGB, samples as deep as the file has them, which is
  // kept for the next picture like pixels; 0 for all others.
  int64_t sample_bytes = 0;
  // What libwebp takes while it works: four bytes a pixel where the picture, or its alpha, is lossless; 0 for all
  // others.
  int64_t unpacking_bytes = 0;
  bool UprightIsTransposed() const { return orientation >= 5; }
  int64_t UprightWidth() const { return UprightIsTransposed() ? height : width; }
  int64_t UprightHeight() const { return UprightIsTransposed() ? width : height; }
};

// Reads the header: the format is told by the magic bytes (JPEG, PNG, WebP, BMP; nothing else is let in), never by a
// name. Walks the file's structure without decoding: a JPEG, PNG or WebP that ends early is an error. Allocates nothing
// but messages. INVALID_ARGUMENT, saying what, wanted, got, for anything else and for what is over `limits` (the limit
// is named).
absl::StatusOr<ImageHeader> ProbeImage(absl::string_view encoded, const ImageLimits& limits);

}  // namespace onebyone
