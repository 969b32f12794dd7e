#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/image/image_header.h"

namespace onebyone {

// Where a BMP keeps what. Known: the headers of Windows (12, 40, 52, 56, 108 and 124 bytes) and OS/2 (64); 1, 4, 8, 16,
// 24 and 32 bits a pixel; plain, bit fields and run lengths (RLE4, RLE8).
struct BmpLayout {
  enum Coding : uint8_t { kPlain = 0, kRle8 = 1, kRle4 = 2, kBitFields = 3 };
  int64_t width = 0;
  int64_t height = 0;
  bool top_down = false;
  int bits = 24;  // a pixel
  Coding coding = kPlain;
  absl::string_view palette;        // of the file; blue, green, red[, unused] a colour
  int64_t palette_entry = 4;        // bytes of a colour
  std::array<uint32_t, 4> masks{};  // red, green, blue, alpha of 16 and 32 bits; alpha 0: opaque
  absl::string_view pixels;         // of the file, to its end

  int64_t RowBytes() const { return (width * bits + 31) / 32 * 4; }
};

// INVALID_ARGUMENT where the file ends early, says what BMP does not allow or is over `limits`.
absl::StatusOr<BmpLayout> ReadBmpLayout(absl::string_view encoded, const ImageLimits& limits);

}  // namespace onebyone
