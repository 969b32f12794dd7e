#include "engine/image/png_header.h"

#include <zlib.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"
#include "engine/image/byte_reader.h"
#include "engine/image/exif_orientation.h"
#include "engine/image/image_limits.h"

namespace onebyone {
namespace {

constexpr size_t kChunkFrame = 12;  // length, type and checksum

absl::Status Broken(absl::string_view message) { return absl::InvalidArgumentError(absl::StrCat("PNG: ", message)); }

bool AllowsDepth(uint32_t color, uint32_t depth) {
  switch (color) {
    case PngLayout::kGray: return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case PngLayout::kPalette: return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case PngLayout::kRgb:
    case PngLayout::kGrayAlpha:
    case PngLayout::kRgbAlpha: return depth == 8 || depth == 16;
    default: return false;
  }
}

int64_t SamplesPerPixel(PngLayout::Color color) {
  switch (color) {
    case PngLayout::kRgb: return 3;
    case PngLayout::kGrayAlpha: return 2;
    case PngLayout::kRgbAlpha: return 4;
    default: return 1;
  }
}

// Deflate makes at most 1,032 bytes of one: less data than that cannot hold the picture.
absl::Status CheckBytes(const PngLayout& layout, int64_t image_bytes) {
  constexpr int64_t kMostExpansion = 1032;
  const int64_t bits = layout.width * layout.height * SamplesPerPixel(layout.color) * layout.bit_depth;
  const int64_t want = bits / 8 / kMostExpansion;
  if (image_bytes >= want) return absl::OkStatus();
  return Broken(absl::StrCat("ends early: want at least ", want, " bytes of image data for ", layout.width, "x",
                             layout.height, ", got ", image_bytes));
}

// 16 bits and alpha take a reader as long as twice the pixels of 8: an interlaced 8192x8192 of both, 550 KB, took 3.2
// s.
absl::Status CheckSamples(int64_t sample_bytes, const ImageLimits& limits) {
  constexpr int64_t kMostOfPixel = 4;
  const int64_t most = kMostOfPixel * limits.max_pixels;
  if (sample_bytes <= most) return absl::OkStatus();
  return Broken(absl::StrCat("samples: want at most ", most, " bytes, ", kMostOfPixel, " for each of ",
                             limits.max_pixels, " pixels (max_pixels), got ", sample_bytes));
}

class PngWalk {
 public:
  PngWalk(absl::string_view encoded, const PngLayout& layout, const ImageLimits& limits)
      : encoded_(encoded), layout_(layout), limits_(limits) {}

  absl::StatusOr<ImageHeader> Run() {
    size_t position = kPngSignature.size();
    while (true) {
      ASSIGN_OR_RETURN(const PngChunk chunk, ReadPngChunk(encoded_, position));
      if (chunk.type == "IEND") return Finish();
      RETURN_IF_ERROR(Add(chunk, position == kPngSignature.size()));
      position += chunk.whole.size();
    }
  }

 private:
  absl::Status Add(const PngChunk& chunk, bool is_first) {
    const bool is_image = chunk.type == "IDAT";
    if (chunk.type == "IHDR") {
      if (!is_first) return Broken("want one IHDR, got a second one");
    } else if (chunk.type == "PLTE") {
      if (palettes_++ > 0 || image_chunks_ > 0) return Broken("want at most one PLTE, before the image data");
      if (chunk.body.empty() || chunk.body.size() % 3 != 0 || chunk.body.size() > 768) {
        return Broken(absl::StrCat("PLTE: want 3 to 768 bytes, 3 a color, got ", chunk.body.size()));
      }
    } else if (is_image) {
      if (image_chunks_ > 0 && !was_image_)
        return Broken("want all image data (IDAT) in a row, got another chunk between");
      ++image_chunks_;
      image_bytes_ += static_cast<int64_t>(chunk.body.size());
    } else if (chunk.type == "tRNS") {
      has_transparency_ = true;
    } else if (chunk.type == "eXIf") {
      orientation_ = ExifOrientation(chunk.body);
    } else if (absl::ascii_isupper(static_cast<unsigned char>(chunk.type[0]))) {
      return Broken(absl::StrCat("want no critical chunk beside IHDR, PLTE, IDAT and IEND, got '",
                                 absl::CHexEscape(chunk.type), "'"));
    }
    was_image_ = is_image;
    return absl::OkStatus();
  }

  absl::StatusOr<ImageHeader> Finish() const {
    if (image_chunks_ == 0) return Broken("want image data (IDAT), got none");
    if (layout_.color == PngLayout::kPalette && palettes_ == 0) return Broken("want a palette (PLTE), got none");
    RETURN_IF_ERROR(CheckBytes(layout_, image_bytes_));
    ImageHeader header;
    header.format = ImageFormat::kPng;
    header.width = layout_.width;
    header.height = layout_.height;
    header.orientation = orientation_;
    header.sample_bytes =
        layout_.width * layout_.height * ReadChannels(layout_, has_transparency_) * (layout_.bit_depth == 16 ? 2 : 1);
    RETURN_IF_ERROR(CheckSamples(header.sample_bytes, limits_));
    return header;
  }

  const absl::string_view encoded_;
  const PngLayout& layout_;
  const ImageLimits& limits_;
  int palettes_ = 0;
  int64_t image_chunks_ = 0;
  int64_t image_bytes_ = 0;
  bool was_image_ = false;
  bool has_transparency_ = false;
  int orientation_ = 1;
};

}  // namespace

int ReadChannels(const PngLayout& layout, bool has_transparency) {
  switch (layout.color) {
    case PngLayout::kGray: return 1;
    case PngLayout::kRgb: return 3;
    case PngLayout::kPalette: return has_transparency ? 4 : 3;
    default: return 4;
  }
}

absl::StatusOr<PngChunk> ReadPngChunk(absl::string_view encoded, size_t position) {
  const size_t left = encoded.size() - position;
  if (left < kChunkFrame)
    return Broken(absl::StrCat("ends early: want a chunk at byte ", position, ", got ", left, " bytes"));
  const size_t length = BigEndian32(encoded, position);
  PngChunk chunk;
  chunk.type = encoded.substr(position + 4, 4);
  if (length > left - kChunkFrame) {
    return Broken(absl::StrCat("ends early: chunk '", absl::CHexEscape(chunk.type), "': want ", length, " bytes, got ",
                               left - kChunkFrame));
  }
  chunk.body = encoded.substr(position + 8, length);
  chunk.whole = encoded.substr(position, length + kChunkFrame);
  const auto* checked = reinterpret_cast<const Bytef*>(chunk.type.data());
  const uint32_t want = BigEndian32(encoded, position + 8 + length);
  const auto got = static_cast<uint32_t>(crc32_z(0, checked, 4 + length));
  if (got != want) {
    return Broken(absl::StrFormat("chunk '%s': want checksum %08x, got %08x", absl::CHexEscape(chunk.type), want, got));
  }
  return chunk;
}

absl::StatusOr<PngLayout> ReadPngLayout(absl::string_view encoded, const ImageLimits& limits) {
  ASSIGN_OR_RETURN(const PngChunk chunk, ReadPngChunk(encoded, kPngSignature.size()));
  if (chunk.type != "IHDR" || chunk.body.size() != 13) {
    return Broken(
        absl::StrCat("want IHDR of 13 bytes first, got '", absl::CHexEscape(chunk.type), "' of ", chunk.body.size()));
  }
  PngLayout layout;
  layout.width = BigEndian32(chunk.body, 0);
  layout.height = BigEndian32(chunk.body, 4);
  const uint32_t depth = ByteAt(chunk.body, 8);
  const uint32_t color = ByteAt(chunk.body, 9);
  if (!AllowsDepth(color, depth)) {
    return Broken(
        absl::StrCat("color type: want gray 0, RGB 2, palette 3, gray-alpha 4 or RGBA 6 with a bit depth of its "
                     "own, got type ",
                     color, " with depth ", depth));
  }
  layout.bit_depth = static_cast<int>(depth);
  layout.color = static_cast<PngLayout::Color>(color);
  if (ByteAt(chunk.body, 10) != 0 || ByteAt(chunk.body, 11) != 0 || ByteAt(chunk.body, 12) > 1) {
    return Broken(absl::StrCat("want compression 0, filter 0 and interlace 0 or 1, got ", ByteAt(chunk.body, 10), ", ",
                               ByteAt(chunk.body, 11), " and ", ByteAt(chunk.body, 12)));
  }
  RETURN_IF_ERROR(CheckSize(layout.width, layout.height, limits));
  return layout;
}

absl::StatusOr<ImageHeader> ProbePng(absl::string_view encoded, const ImageLimits& limits) {
  ASSIGN_OR_RETURN(const PngLayout layout, ReadPngLayout(encoded, limits));
  return PngWalk(encoded, layout, limits).Run();
}

}  // namespace onebyone
