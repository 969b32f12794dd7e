#include "engine/image/opencv_decoder.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/image/byte_reader.h"
#include "engine/image/samples_to_rgb.h"
#include "engine/image/webp_header.h"

namespace onebyone {
namespace {

using Color = std::array<uint16_t, 3>;

absl::Status NoMemory(absl::string_view format) {
  return absl::ResourceExhaustedError(absl::StrCat(format, ": no memory to decode"));
}

absl::Status Failure(absl::string_view format, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat(format, ": ", message));
}

// What of a PNG makes its pixels.
struct PngEssence {
  absl::string_view bytes;
  bool palette_has_alpha = false;
  std::optional<Color> transparent;  // blue, green, red, in the samples' own bits
};

// The color that a tRNS chunk makes transparent in a picture without palette.
std::optional<Color> TransparentColor(const PngLayout& layout, absl::string_view body) {
  const uint32_t most = (uint32_t{1} << layout.bit_depth) - 1;
  if (layout.color == PngLayout::kGray && body.size() == 2) {
    // The reader widens samples of less than 8 bits to 8.
    const uint32_t factor = layout.bit_depth < 8 ? 255 / most : 1;
    const auto gray = static_cast<uint16_t>((BigEndian16(body, 0) & most) * factor);
    return Color{gray, gray, gray};
  }
  if (layout.color == PngLayout::kRgb && body.size() == 6) {
    return Color{static_cast<uint16_t>(BigEndian16(body, 4) & most), static_cast<uint16_t>(BigEndian16(body, 2) & most),
                 static_cast<uint16_t>(BigEndian16(body, 0) & most)};
  }
  return std::nullopt;
}

// Copies to `to`, as large as `encoded`. Without this, each of a thousand compressed text chunks could take 8 MB in
// libpng.
absl::StatusOr<PngEssence> CopyEssence(absl::string_view encoded, const PngLayout& layout, uint8_t* to) {
  const bool has_palette = layout.color == PngLayout::kPalette;
  PngEssence essence;
  size_t written = 0;
  const auto append = [&](absl::string_view bytes) {
    std::memcpy(to + written, bytes.data(), bytes.size());
    written += bytes.size();
  };
  append(kPngSignature);
  for (size_t position = kPngSignature.size();;) {
    ASSIGN_OR_RETURN(const PngChunk chunk, ReadPngChunk(encoded, position));
    position += chunk.whole.size();
    if (chunk.type == "tRNS") {
      if (has_palette) {
        append(chunk.whole);
        essence.palette_has_alpha = true;
      } else {
        essence.transparent = TransparentColor(layout, chunk.body);
      }
    } else if (chunk.type == "IHDR" || chunk.type == "IDAT" || (chunk.type == "PLTE" && has_palette)) {
      append(chunk.whole);
    } else if (chunk.type == "IEND") {
      append(chunk.whole);
      essence.bytes = absl::string_view(reinterpret_cast<const char*>(to), written);
      return essence;
    }
  }
}

}  // namespace

// What the reader should make of a file.
struct OpencvDecoder::Want {
  absl::string_view format;
  int64_t width = 0;
  int64_t height = 0;
  int channels = 3;
  int bits = 8;
  std::optional<Color> transparent;
};

OpencvDecoder::OpencvDecoder() {
  static std::once_flag once;
  std::call_once(once, [] { cv::setNumThreads(1); });  // lanes are the only threads
}

absl::Status OpencvDecoder::DecodePng(absl::string_view encoded, const ImageLimits& limits, uint8_t* rgb) {
  ASSIGN_OR_RETURN(const PngLayout layout, ReadPngLayout(encoded, limits));
  ASSIGN_OR_RETURN(uint8_t* const essential, essential_.Reserve(static_cast<int64_t>(encoded.size())));
  ASSIGN_OR_RETURN(const PngEssence essence, CopyEssence(encoded, layout, essential));
  Want want;
  want.format = "PNG";
  want.width = layout.width;
  want.height = layout.height;
  want.channels = ReadChannels(layout, essence.palette_has_alpha);
  want.bits = layout.bit_depth == 16 ? 16 : 8;
  want.transparent = essence.transparent;
  return Decode(essence.bytes, want, rgb);
}

absl::Status OpencvDecoder::DecodeWebp(absl::string_view encoded, const ImageHeader& header, uint8_t* rgb) {
  Want want;
  want.format = "WebP";
  want.width = header.width;
  want.height = header.height;
  want.channels = WebpHasAlpha(encoded) ? 4 : 3;
  return Decode(encoded, want, rgb);
}

absl::Status OpencvDecoder::Decode(absl::string_view encoded, const Want& want, uint8_t* rgb) {
  const int64_t pixel_bytes = want.channels * want.bits / 8;
  ASSIGN_OR_RETURN(uint8_t* const memory, samples_.Reserve(want.width * want.height * pixel_bytes));
  try {
    const cv::Mat bytes(1, static_cast<int>(encoded.size()), CV_8UC1, const_cast<char*>(encoded.data()));
    // The reader writes where it is told, as long as it agrees with us on size and type.
    const int type = CV_MAKETYPE(want.bits == 16 ? CV_16U : CV_8U, want.channels);
    cv::Mat target(static_cast<int>(want.height), static_cast<int>(want.width), type, memory);
    errno = 0;
    const cv::Mat decoded = cv::imdecode(bytes, cv::IMREAD_UNCHANGED, &target);
    // libwebp and libpng without memory fail like that, too: what malloc left is the only word of it.
    if (decoded.empty() && errno == ENOMEM) return NoMemory(want.format);
    if (decoded.empty()) return Failure(want.format, "want whole image data, got data that is cut or broken");
    const int channels = decoded.channels();
    const bool known =
        (decoded.depth() == CV_8U || decoded.depth() == CV_16U) && (channels == 1 || channels == 3 || channels == 4);
    if (!known || decoded.cols != want.width || decoded.rows != want.height) {
      return Failure(want.format, absl::StrCat("want ", want.width, "x", want.height, " with 1, 3 or 4 channels, got ",
                                               decoded.cols, "x", decoded.rows, " with ", channels));
    }
    Samples samples;
    samples.rows = decoded.data;
    samples.row_bytes = static_cast<int64_t>(decoded.step);
    samples.width = want.width;
    samples.height = want.height;
    samples.channels = channels;
    samples.bits = decoded.depth() == CV_16U ? 16 : 8;
    samples.transparent = want.transparent;
    SamplesToRgb(samples, rgb);
    return absl::OkStatus();
  } catch (const cv::Exception& error) {
    if (error.code == cv::Error::StsNoMem) return NoMemory(want.format);
    return Failure(want.format, error.what());
  } catch (const std::bad_alloc&) {
    return NoMemory(want.format);
  } catch (const std::exception& error) {
    return Failure(want.format, error.what());
  }
}

}  // namespace onebyone
