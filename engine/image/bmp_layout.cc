#include "engine/image/bmp_layout.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/image/byte_reader.h"
#include "engine/image/image_limits.h"

namespace onebyone {
namespace {

constexpr size_t kFileHeader = 14;
constexpr size_t kCoreHeader = 12;
constexpr size_t kPlainHeader = 40;
constexpr size_t kOs2Header = 64;
constexpr size_t kMasks = kFileHeader + kPlainHeader;  // inside a longer header, behind this one
constexpr uint32_t kAlphaBitFields = 6;

absl::Status Broken(absl::string_view message) { return absl::InvalidArgumentError(absl::StrCat("BMP: ", message)); }

absl::Status CheckHeader(absl::string_view encoded) {
  if (encoded.size() < kFileHeader + 4)
    return Broken(absl::StrCat("ends early: want a header, got ", encoded.size(), " bytes"));
  const size_t header = LittleEndian32(encoded, kFileHeader);
  constexpr size_t kSizes[] = {kCoreHeader, kPlainHeader, 52, 56, kOs2Header, 108, 124};
  if (std::find(std::begin(kSizes), std::end(kSizes), header) == std::end(kSizes)) {
    return Broken(absl::StrCat("header: want 12, 40, 52, 56, 64, 108 or 124 bytes, got ", header));
  }
  if (header > encoded.size() - kFileHeader) {
    return Broken(absl::StrCat("ends early: header: want ", header, " bytes, got ", encoded.size() - kFileHeader));
  }
  return absl::OkStatus();
}

// Size, depth and coding.
absl::StatusOr<uint32_t> ReadHeader(absl::string_view encoded, BmpLayout& layout) {
  const size_t at = kFileHeader;
  if (LittleEndian32(encoded, at) == kCoreHeader) {
    layout.width = LittleEndian16(encoded, at + 4);
    layout.height = LittleEndian16(encoded, at + 6);
    layout.bits = static_cast<int>(LittleEndian16(encoded, at + 10));
    layout.palette_entry = 3;
    return BmpLayout::kPlain;
  }
  layout.width = static_cast<int32_t>(LittleEndian32(encoded, at + 4));
  layout.height = static_cast<int32_t>(LittleEndian32(encoded, at + 8));
  layout.bits = static_cast<int>(LittleEndian16(encoded, at + 14));
  if (layout.height < 0) {
    layout.top_down = true;
    layout.height = -layout.height;
  }
  return LittleEndian32(encoded, at + 16);
}

absl::Status CheckCoding(const BmpLayout& layout, uint32_t coding, bool is_os2) {
  const int bits = layout.bits;
  bool allowed = false;
  switch (coding) {
    case BmpLayout::kPlain:
      allowed = bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
      break;
    case BmpLayout::kRle8: allowed = bits == 8 && !layout.top_down; break;
    case BmpLayout::kRle4: allowed = bits == 4 && !layout.top_down; break;
    case BmpLayout::kBitFields:
    case kAlphaBitFields: allowed = (bits == 16 || bits == 32) && !is_os2; break;
    default: break;
  }
  if (allowed) return absl::OkStatus();
  return Broken(
      absl::StrCat("want 1, 4, 8, 16, 24 or 32 bits plain, 16 or 32 in bit fields, or bottom-up RLE8 or RLE4, got ",
                   bits, " bits, compression ", coding, layout.top_down ? ", top-down" : ""));
}

absl::Status CheckMask(uint32_t mask) {
  const uint32_t lowest = mask & (0 - mask);
  if (mask != 0 && ((mask + lowest) & mask) == 0) return absl::OkStatus();
  return Broken(absl::StrCat("color mask: want bits in a row, got ", absl::Hex(mask, absl::kZeroPad8)));
}

// Returns where the masks end.
absl::StatusOr<size_t> ReadMasks(absl::string_view encoded, uint32_t coding, BmpLayout& layout) {
  const size_t header_end = kFileHeader + LittleEndian32(encoded, kFileHeader);
  if (coding != BmpLayout::kBitFields && coding != kAlphaBitFields) {
    if (layout.bits == 16) layout.masks = {0x7C00, 0x03E0, 0x001F, 0};
    if (layout.bits == 32) layout.masks = {0xFF0000, 0xFF00, 0xFF, 0};
    return header_end;
  }
  const bool has_alpha = header_end >= kMasks + 16 || coding == kAlphaBitFields;
  const size_t masks = has_alpha ? 4 : 3;
  const size_t end = std::max(header_end, kMasks + 4 * masks);
  if (end > encoded.size())
    return Broken(absl::StrCat("ends early: want color masks up to byte ", end, ", got ", encoded.size()));
  for (size_t i = 0; i < masks; ++i) {
    layout.masks[i] = LittleEndian32(encoded, kMasks + 4 * i);
    if (i < 3 || layout.masks[i] != 0) RETURN_IF_ERROR(CheckMask(layout.masks[i]));
  }
  return end;
}

// `colors`: as the header counts them; 0: all that the depth allows.
absl::Status FindPalette(absl::string_view encoded, size_t begin, size_t pixels, size_t colors, BmpLayout& layout) {
  if (layout.bits > 8) return absl::OkStatus();
  const size_t most = size_t{1} << layout.bits;
  const size_t room = pixels > begin ? (pixels - begin) / static_cast<size_t>(layout.palette_entry) : 0;
  const size_t count = std::min(colors == 0 ? most : std::min(colors, most), room);
  if (count == 0) return Broken("palette: want at least 1 color, got none");
  layout.palette = encoded.substr(begin, count * static_cast<size_t>(layout.palette_entry));
  return absl::OkStatus();
}

absl::Status CheckPixelBytes(const BmpLayout& layout) {
  const auto got = static_cast<int64_t>(layout.pixels.size());
  const bool has_runs = layout.coding == BmpLayout::kRle8 || layout.coding == BmpLayout::kRle4;
  // Two bytes make a run of at most 255 pixels.
  const int64_t want = has_runs ? layout.width * layout.height / 255 * 2 : layout.RowBytes() * layout.height;
  if (got >= want) return absl::OkStatus();
  return Broken(absl::StrCat("ends early: want ", want, " bytes of pixels for ", layout.width, "x", layout.height,
                             ", got ", got));
}

}  // namespace

absl::StatusOr<BmpLayout> ReadBmpLayout(absl::string_view encoded, const ImageLimits& limits) {
  RETURN_IF_ERROR(CheckHeader(encoded));
  const size_t header = LittleEndian32(encoded, kFileHeader);
  BmpLayout layout;
  ASSIGN_OR_RETURN(const uint32_t coding, ReadHeader(encoded, layout));
  RETURN_IF_ERROR(CheckCoding(layout, coding, header == kOs2Header));
  layout.coding = coding == kAlphaBitFields ? BmpLayout::kBitFields : static_cast<BmpLayout::Coding>(coding);
  RETURN_IF_ERROR(CheckSize(layout.width, layout.height, limits));
  ASSIGN_OR_RETURN(const size_t masks_end, ReadMasks(encoded, coding, layout));
  const size_t pixels = LittleEndian32(encoded, 10);
  if (pixels < masks_end || pixels > encoded.size()) {
    return Broken(
        absl::StrCat("pixels: want them to begin at byte ", masks_end, " to ", encoded.size(), ", got ", pixels));
  }
  const size_t colors = header == kCoreHeader ? 0 : LittleEndian32(encoded, kFileHeader + 32);
  RETURN_IF_ERROR(FindPalette(encoded, masks_end, pixels, colors, layout));
  layout.pixels = encoded.substr(pixels);
  RETURN_IF_ERROR(CheckPixelBytes(layout));
  return layout;
}

}  // namespace onebyone
