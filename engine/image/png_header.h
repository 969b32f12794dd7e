#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/image/image_header.h"

namespace onebyone {

inline constexpr absl::string_view kPngSignature("\x89PNG\r\n\x1a\n", 8);

// One chunk of a PNG; all views point into the file.
struct PngChunk {
  absl::string_view type;  // "IHDR", ...
  absl::string_view body;
  absl::string_view whole;  // length, type, body and checksum
};

// The chunk that begins at `position`. INVALID_ARGUMENT where the file ends early or the checksum is wrong.
absl::StatusOr<PngChunk> ReadPngChunk(absl::string_view encoded, size_t position);

// The first chunk of every PNG.
struct PngLayout {
  enum Color : uint8_t { kGray = 0, kRgb = 2, kPalette = 3, kGrayAlpha = 4, kRgbAlpha = 6 };
  int64_t width = 0;
  int64_t height = 0;
  int bit_depth = 8;  // of a sample; of an index with a palette
  Color color = kRgb;
};

// Channels as OpenCV's reader writes them: gray with alpha becomes color with alpha. `has_transparency`: there is a
// tRNS.
int ReadChannels(const PngLayout& layout, bool has_transparency);

// INVALID_ARGUMENT for what PNG does not allow and for sizes over `limits`.
absl::StatusOr<PngLayout> ReadPngLayout(absl::string_view encoded, const ImageLimits& limits);

// ProbeImage for bytes that begin with the PNG signature: walks every chunk up to IEND, checking lengths, checksums and
// order. Of an animated PNG it is the default image that counts. Bytes after IEND are let be. Samples may be four bytes
// for each of the pixels that `limits` allow: with 16 bits and alpha, half as many are let in.
absl::StatusOr<ImageHeader> ProbePng(absl::string_view encoded, const ImageLimits& limits);

}  // namespace onebyone
