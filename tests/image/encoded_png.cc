#include "tests/image/encoded_png.h"

#include <zlib.h>

#include "absl/strings/str_cat.h"
#include "tests/image/encoded.h"

namespace onebyone::testing {
namespace {

int ChannelsOf(int color) { return color == 2 ? 3 : color == 4 ? 2 : color == 6 ? 4 : 1; }

uint32_t Checksum(absl::string_view bytes) {
  return static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

// The rows of every `step_x`th pixel from `left` of every `step_y`th row from `top`, each behind filter byte 0.
std::string PackRows(const PngParts& parts, int64_t left, int64_t top, int64_t step_x, int64_t step_y) {
  const int channels = ChannelsOf(parts.color);
  std::string packed;
  if (left >= parts.width) return packed;
  for (int64_t y = top; y < parts.height; y += step_y) {
    packed.push_back('\0');
    uint32_t bits = 0;
    int filled = 0;
    for (int64_t x = left; x < parts.width; x += step_x) {
      for (int c = 0; c < channels; ++c) {
        bits = bits << parts.depth |
               static_cast<uint32_t>(parts.samples[static_cast<size_t>((y * parts.width + x) * channels + c)]);
        for (filled += parts.depth; filled >= 8; filled -= 8) packed.push_back(static_cast<char>(bits >> (filled - 8)));
      }
    }
    if (filled > 0) packed.push_back(static_cast<char>(bits << (8 - filled)));
  }
  return packed;
}

std::string PackImage(const PngParts& parts) {
  if (!parts.interlaced) return PackRows(parts, 0, 0, 1, 1);
  return absl::StrCat(PackRows(parts, 0, 0, 8, 8), PackRows(parts, 4, 0, 8, 8), PackRows(parts, 0, 4, 4, 8),
                      PackRows(parts, 2, 0, 4, 4), PackRows(parts, 0, 2, 2, 4), PackRows(parts, 1, 0, 2, 2),
                      PackRows(parts, 0, 1, 1, 2));
}

std::string Deflate(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), 6);
  out.resize(size);
  return out;
}

}  // namespace

std::string PngChunkBytes(absl::string_view type, absl::string_view body) {
  const std::string checked = absl::StrCat(type, body);
  return absl::StrCat(BigEndian(static_cast<uint32_t>(body.size()), 4), checked, BigEndian(Checksum(checked), 4));
}

std::string EncodePng(const PngParts& parts) {
  const std::string header =
      absl::StrCat(BigEndian(static_cast<uint32_t>(parts.width), 4), BigEndian(static_cast<uint32_t>(parts.height), 4),
                   BigEndian(static_cast<uint32_t>(parts.depth), 1), BigEndian(static_cast<uint32_t>(parts.color), 1),
                   std::string(2, '\0'), BigEndian(parts.interlaced ? 1 : 0, 1));
  std::string image = Deflate(PackImage(parts));
  image.resize(static_cast<size_t>(static_cast<double>(image.size()) * parts.keep_image_data));
  return absl::StrCat("\x89PNG\r\n\x1a\n", PngChunkBytes("IHDR", header), parts.before_image,
                      PngChunkBytes("IDAT", image), parts.after_image, PngChunkBytes("IEND", ""));
}

void FixChecksums(std::string& png) {
  for (size_t at = 8; at + 12 <= png.size();) {
    size_t length = 0;
    for (size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<uint8_t>(png[at + i]);
    if (length > png.size() - at - 12) return;
    png.replace(at + 8 + length, 4, BigEndian(Checksum(absl::string_view(png).substr(at + 4, 4 + length)), 4));
    at += 12 + length;
  }
}

}  // namespace onebyone::testing
