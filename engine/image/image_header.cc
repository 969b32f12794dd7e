#include "engine/image/image_header.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/image/bmp_layout.h"
#include "engine/image/jpeg_header.h"
#include "engine/image/png_header.h"
#include "engine/image/webp_header.h"

namespace onebyone {
namespace {

absl::StatusOr<ImageHeader> ProbeBmp(absl::string_view encoded, const ImageLimits& limits) {
  ASSIGN_OR_RETURN(const BmpLayout layout, ReadBmpLayout(encoded, limits));
  ImageHeader header;
  header.format = ImageFormat::kBmp;
  header.width = layout.width;
  header.height = layout.height;
  return header;
}

}  // namespace

absl::string_view NameOf(ImageFormat format) {
  switch (format) {
    case ImageFormat::kJpeg: return "JPEG";
    case ImageFormat::kPng: return "PNG";
    case ImageFormat::kWebp: return "WebP";
    case ImageFormat::kBmp: break;
  }
  return "BMP";
}

absl::StatusOr<ImageHeader> ProbeImage(absl::string_view encoded, const ImageLimits& limits) {
  if (encoded.empty()) return absl::InvalidArgumentError("image: want JPEG, PNG, WebP or BMP, got 0 bytes");
  if (static_cast<int64_t>(encoded.size()) > limits.max_bytes) {
    return absl::InvalidArgumentError(absl::StrCat("bytes: want at most ", limits.max_bytes, ", got ", encoded.size()));
  }
  if (absl::StartsWith(encoded, "\xFF\xD8\xFF")) return ProbeJpeg(encoded, limits);
  if (absl::StartsWith(encoded, kPngSignature)) return ProbePng(encoded, limits);
  if (LooksLikeWebp(encoded)) return ProbeWebp(encoded, limits);
  if (absl::StartsWith(encoded, "BM")) return ProbeBmp(encoded, limits);
  return absl::InvalidArgumentError(absl::StrCat("image: want the first bytes of a JPEG, PNG, WebP or BMP, got ",
                                                 absl::BytesToHexString(encoded.substr(0, 8))));
}

}  // namespace onebyone
