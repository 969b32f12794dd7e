#include "engine/image/webp_header.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/image/byte_reader.h"
#include "engine/image/exif_orientation.h"
#include "engine/image/image_limits.h"

namespace onebyone {
namespace {

constexpr size_t kFileHeader = 12;  // "RIFF", size, "WEBP"
constexpr size_t kChunkHeader = 8;  // type, size
constexpr uint32_t kAnimationFlag = 0x02;
constexpr uint32_t kAlphaFlag = 0x10;
constexpr uint32_t kLosslessAlphaBit = uint32_t{1} << 28;

absl::Status Broken(absl::string_view message) { return absl::InvalidArgumentError(absl::StrCat("WebP: ", message)); }

struct Size {
  int64_t width = 0;
  int64_t height = 0;
};

absl::Status CheckBody(absl::string_view type, absl::string_view body, size_t want) {
  if (body.size() >= want) return absl::OkStatus();
  return Broken(absl::StrCat("chunk '", type, "': want at least ", want, " bytes, got ", body.size()));
}

absl::StatusOr<Size> ReadLossy(absl::string_view body) {
  RETURN_IF_ERROR(CheckBody("VP8 ", body, 10));
  const uint32_t tag = LittleEndian24(body, 0);
  if ((tag & 1) != 0) return Broken("VP8: want a key frame, got another");
  if (LittleEndian24(body, 3) != 0x2A019D) return Broken("VP8: want start code 9D 01 2A, got another");
  const size_t first_partition = tag >> 5;
  if (first_partition > body.size() - 10) {
    return Broken(
        absl::StrCat("ends early: first partition: want ", first_partition, " bytes, got ", body.size() - 10));
  }
  return Size{LittleEndian16(body, 6) & 0x3FFF, LittleEndian16(body, 8) & 0x3FFF};
}

absl::StatusOr<Size> ReadLossless(absl::string_view body) {
  RETURN_IF_ERROR(CheckBody("VP8L", body, 5));
  if (ByteAt(body, 0) != 0x2F) return Broken(absl::StrCat("VP8L: want signature 47, got ", ByteAt(body, 0)));
  const uint32_t bits = LittleEndian32(body, 1);
  if (bits >> 29 != 0) return Broken(absl::StrCat("VP8L: want version 0, got ", bits >> 29));
  return Size{(bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1};
}

class WebpWalk {
 public:
  WebpWalk(absl::string_view encoded, const ImageLimits& limits)
      : whole_(encoded), encoded_(encoded), limits_(limits) {}

  absl::StatusOr<ImageHeader> Run() {
    const size_t riff_size = LittleEndian32(encoded_, 4);
    const size_t left = encoded_.size() - 8;
    if (riff_size > left) return Broken(absl::StrCat("ends early: RIFF: want ", riff_size, " bytes, got ", left));
    encoded_ = encoded_.substr(0, std::max(kFileHeader, riff_size + 8));
    for (size_t position = kFileHeader; position < encoded_.size();) {
      if (encoded_.size() - position < kChunkHeader) {
        return Broken(absl::StrCat("ends early: want a chunk at byte ", position, ", got ", encoded_.size() - position,
                                   " bytes"));
      }
      const absl::string_view type = encoded_.substr(position, 4);
      const size_t size = LittleEndian32(encoded_, position + 4);
      position += kChunkHeader;
      if (size > encoded_.size() - position) {
        return Broken(absl::StrCat("ends early: chunk '", absl::CHexEscape(type), "': want ", size, " bytes, got ",
                                   encoded_.size() - position));
      }
      RETURN_IF_ERROR(Add(type, encoded_.substr(position, size)));
      position += size + size % 2;
    }
    return Finish();
  }

 private:
  absl::Status Add(absl::string_view type, absl::string_view body) {
    const bool is_first = chunks_++ == 0;
    if (type == "VP8L" || type == "ALPH") may_be_lossless_ = true;
    if (type == "VP8X" && is_first) return AddExtended(body);
    if (type == "VP8 " || type == "VP8L") return AddImage(type, body);
    if (type == "EXIF") header_.orientation = ExifOrientation(body);
    if (is_first) {
      return Broken(absl::StrCat("want 'VP8 ', 'VP8L' or 'VP8X' first, got '", absl::CHexEscape(type), "'"));
    }
    return absl::OkStatus();
  }

  absl::Status AddExtended(absl::string_view body) {
    RETURN_IF_ERROR(CheckBody("VP8X", body, 10));
    if ((ByteAt(body, 0) & kAnimationFlag) != 0) return Broken("want a still picture, got an animation");
    canvas_ = Size{LittleEndian24(body, 4) + 1, LittleEndian24(body, 7) + 1};
    return CheckSize(canvas_.width, canvas_.height, limits_);
  }

  absl::Status AddImage(absl::string_view type, absl::string_view body) {
    if (header_.width > 0) return Broken("want one picture, got a second one");
    ASSIGN_OR_RETURN(const Size size, type == "VP8L" ? ReadLossless(body) : ReadLossy(body));
    RETURN_IF_ERROR(CheckSize(size.width, size.height, limits_));
    if (canvas_.width > 0 && (size.width != canvas_.width || size.height != canvas_.height)) {
      return Broken(absl::StrCat("picture: want the canvas's ", canvas_.width, "x", canvas_.height, ", got ",
                                 size.width, "x", size.height));
    }
    header_.width = size.width;
    header_.height = size.height;
    return absl::OkStatus();
  }

  absl::StatusOr<ImageHeader> Finish() {
    if (header_.width == 0) return Broken("want a picture (VP8 or VP8L), got none");
    header_.format = ImageFormat::kWebp;
    const int64_t pixels = header_.width * header_.height;
    header_.sample_bytes = pixels * (WebpHasAlpha(whole_) ? 4 : 3);
    if (may_be_lossless_) header_.unpacking_bytes = 4 * pixels;
    return header_;
  }

  const absl::string_view whole_;
  absl::string_view encoded_;  // as far as RIFF reaches
  const ImageLimits& limits_;
  int64_t chunks_ = 0;
  bool may_be_lossless_ = false;  // the picture or its alpha
  Size canvas_;
  ImageHeader header_;
};

}  // namespace

bool LooksLikeWebp(absl::string_view encoded) {
  return encoded.size() >= kFileHeader && absl::StartsWith(encoded, "RIFF") && encoded.substr(8, 4) == "WEBP";
}

absl::StatusOr<ImageHeader> ProbeWebp(absl::string_view encoded, const ImageLimits& limits) {
  return WebpWalk(encoded, limits).Run();
}

bool WebpHasAlpha(absl::string_view encoded) {
  const absl::string_view type = encoded.substr(kFileHeader, 4);
  const size_t body = kFileHeader + kChunkHeader;
  if (type == "VP8X") return (ByteAt(encoded, body) & kAlphaFlag) != 0;
  return type == "VP8L" && (LittleEndian32(encoded, body + 1) & kLosslessAlphaBit) != 0;
}

}  // namespace onebyone
