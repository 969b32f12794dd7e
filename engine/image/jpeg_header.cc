#include "engine/image/jpeg_header.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"
#include "engine/image/byte_reader.h"
#include "engine/image/exif_orientation.h"
#include "engine/image/jpeg_frame.h"

namespace onebyone {
namespace {

// Second bytes of markers.
constexpr uint8_t kTemporary = 0x01;
constexpr uint8_t kHuffmanTables = 0xC4;
constexpr uint8_t kArithmeticTables = 0xCC;
constexpr uint8_t kFirstRestart = 0xD0;
constexpr uint8_t kLastRestart = 0xD7;
constexpr uint8_t kStartOfImage = 0xD8;
constexpr uint8_t kEndOfImage = 0xD9;
constexpr uint8_t kStartOfScan = 0xDA;
constexpr uint8_t kApp1 = 0xE1;

bool IsFrame(uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != kHuffmanTables && marker != kArithmeticTables;
}

bool StandsAlone(uint8_t marker) { return marker == kTemporary || (marker >= kFirstRestart && marker <= kLastRestart); }

class JpegWalk {
 public:
  JpegWalk(absl::string_view encoded, const ImageLimits& limits) : encoded_(encoded), limits_(limits) {}

  absl::StatusOr<ImageHeader> Run() {
    header_.jpeg_scans = 0;
    while (true) {
      ASSIGN_OR_RETURN(const uint8_t marker, NextMarker());
      if (marker == kEndOfImage) return Finish();
      if (StandsAlone(marker)) continue;
      if (marker == kStartOfImage) return Broken("want a segment, got a second start of image");
      ASSIGN_OR_RETURN(const absl::string_view body, Body(marker));
      if (IsFrame(marker)) {
        RETURN_IF_ERROR(BeginFrame(marker, body));
      } else if (marker == kStartOfScan) {
        RETURN_IF_ERROR(AddScan(body));
      } else if (marker == kApp1 && !has_exif_ && absl::StartsWith(body, absl::string_view("Exif\0\0", 6))) {
        has_exif_ = true;
        header_.orientation = ExifOrientation(body);
      }
    }
  }

 private:
  static absl::Status Broken(absl::string_view message) {
    return absl::InvalidArgumentError(absl::StrCat("JPEG: ", message));
  }

  // The second byte of the next marker. Bytes between segments are skipped as every decoder does; in a scan they are
  // its entropy-coded bytes, where FF 00 is a byte FF and restart markers belong to the scan.
  absl::StatusOr<uint8_t> NextMarker() {
    while (position_ + 1 < encoded_.size()) {
      const void* found = std::memchr(encoded_.data() + position_, 0xFF, encoded_.size() - 1 - position_);
      if (found == nullptr) break;
      position_ = static_cast<size_t>(static_cast<const char*>(found) - encoded_.data()) + 1;
      const uint8_t code = static_cast<uint8_t>(encoded_[position_]);
      if (code == 0xFF) continue;  // a fill byte
      ++position_;
      if (code != 0) return code;
    }
    return Broken(absl::StrCat("ends early: want an end-of-image marker, got none in ", encoded_.size(), " bytes"));
  }

  absl::StatusOr<absl::string_view> Body(uint8_t marker) {
    const size_t left = encoded_.size() - position_;
    const size_t length = left < 2 ? 2 : BigEndian16(encoded_, position_);
    if (length < 2)
      return Broken(absl::StrFormat("segment FF%02X: want a length of at least 2, got %d", marker, length));
    if (length > left) {
      return Broken(absl::StrFormat("ends early: segment FF%02X: want %d bytes, got %d", marker, length, left));
    }
    const absl::string_view body = encoded_.substr(position_ + 2, length - 2);
    position_ += length;
    return body;
  }

  absl::Status BeginFrame(uint8_t marker, absl::string_view body) {
    if (frame_.has_value()) return Broken("want one frame, got a second one");
    ASSIGN_OR_RETURN(frame_, JpegFrame::Create(marker, body, static_cast<int64_t>(encoded_.size()), limits_));
    header_.width = frame_->width();
    header_.height = frame_->height();
    return absl::OkStatus();
  }

  absl::Status AddScan(absl::string_view body) {
    if (!frame_.has_value()) return Broken("want a frame before the first scan, got none");
    if (++header_.jpeg_scans > limits_.max_jpeg_scans) {
      return Broken(absl::StrCat("scans: want at most ", limits_.max_jpeg_scans, ", got more"));
    }
    return frame_->AddScan(body);
  }

  absl::StatusOr<ImageHeader> Finish() {
    if (!frame_.has_value()) return Broken("want a frame, got none before the end of the image");
    RETURN_IF_ERROR(frame_->CheckComplete());
    if (frame_->progressive() || header_.jpeg_scans > 1) header_.coefficient_bytes = frame_->coefficient_bytes();
    return header_;
  }

  const absl::string_view encoded_;
  const ImageLimits& limits_;
  size_t position_ = 2;
  bool has_exif_ = false;
  std::optional<JpegFrame> frame_;
  ImageHeader header_;
};

}  // namespace

absl::StatusOr<ImageHeader> ProbeJpeg(absl::string_view encoded, const ImageLimits& limits) {
  return JpegWalk(encoded, limits).Run();
}

}  // namespace onebyone
