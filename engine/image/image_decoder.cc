#include "engine/image/image_decoder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/image/bmp_decoder.h"
#include "engine/image/bmp_layout.h"
#include "engine/image/eighth_jpeg_decoder.h"
#include "engine/image/jpeg_decoder.h"
#include "engine/image/opencv_decoder.h"
#include "engine/image/orientation.h"
#include "engine/image/pixel_buffer.h"
#include "engine/image/scaled_side.h"

namespace onebyone {
namespace {

// The smallest scale at which the shorter side stays at least `min_side` long.
int64_t ScaleDown(const ImageHeader& header, int64_t min_side) {
  if (header.format != ImageFormat::kJpeg || min_side == 0) return 1;
  const int64_t shorter = std::min(header.width, header.height);
  for (const int64_t scale_down : {8, 4, 2}) {
    if (ScaledSide(shorter, scale_down) >= min_side) return scale_down;
  }
  return 1;
}

class KeptMemoryDecoder : public ImageDecoder {
 public:
  explicit KeptMemoryDecoder(const ImageDecoder::Options& options)
      : limits_(options.limits), may_hold_(options.may_hold), may_go_on_(options.may_go_on) {}

  absl::StatusOr<RgbImage> Decode(absl::string_view encoded, int64_t min_side) override {
    if (min_side < 0) return absl::InvalidArgumentError(absl::StrCat("min_side: want at least 0, got ", min_side));
    ASSIGN_OR_RETURN(const ImageHeader header, ProbeImage(encoded, limits_));
    const int64_t scale_down = ScaleDown(header, min_side);
    const int64_t width = ScaledSide(header.width, scale_down);
    const int64_t height = ScaledSide(header.height, scale_down);
    RETURN_IF_ERROR(MakeRoom({.stored = 3 * width * height,
                              .upright = header.orientation == 1 ? 0 : 3 * width * height,
                              .samples = header.sample_bytes,
                              .passing = header.coefficient_bytes + header.unpacking_bytes}));
    ASSIGN_OR_RETURN(uint8_t* const stored, stored_.Reserve(3 * width * height));
    RETURN_IF_ERROR(DecodeStored(encoded, header, scale_down, stored));

    const Orientation orientation = OrientationOf(header.orientation);
    RgbImage image;
    image.pixels = stored;
    if (header.orientation != 1) {
      ASSIGN_OR_RETURN(uint8_t* const upright, upright_.Reserve(3 * width * height));
      TurnUpright(stored, width, height, orientation, upright);
      image.pixels = upright;
    }
    image.scale_down = scale_down;
    image.width = orientation.transposed ? height : width;
    image.height = orientation.transposed ? width : height;
    image.original_width = orientation.transposed ? header.height : header.width;
    image.original_height = orientation.transposed ? header.width : header.height;
    // The last pixel of a scaled row covers what is left over; where the row is flipped, it comes first.
    if (orientation.flips_x) image.offset_x = image.original_width - image.width * scale_down;
    if (orientation.flips_y) image.offset_y = image.original_height - image.height * scale_down;
    return image;
  }

  int64_t held_bytes() const override { return stored_.bytes() + upright_.bytes() + opencv_.sample_bytes(); }

  void Free() override {
    stored_.Free();
    upright_.Free();
    opencv_.Free();
  }

 private:
  // Bytes that one picture takes.
  struct Room {
    int64_t stored = 0;
    int64_t upright = 0;
    int64_t samples = 0;
    int64_t passing = 0;  // of a library, until it is done
  };

  // Frees the buffers and asks for larger ones where they are too small, or where a library needs memory beside them.
  absl::Status MakeRoom(const Room& room) {
    const bool fits = room.stored <= stored_.bytes() && room.upright <= upright_.bytes() &&
                      room.samples <= opencv_.sample_bytes() && room.passing == 0;
    if (may_hold_ == nullptr || fits) return absl::OkStatus();
    Free();
    return may_hold_(room.stored + room.upright + room.samples + room.passing);
  }

  absl::Status DecodeStored(absl::string_view encoded, const ImageHeader& header, int64_t scale_down, uint8_t* rgb) {
    switch (header.format) {
      case ImageFormat::kJpeg:
        // The common case of a large photograph; all others, and every error, are libjpeg's.
        if (scale_down == 8 && eighth_.Decode(encoded, header, rgb)) return absl::OkStatus();
        return DecodeJpeg(encoded, header, scale_down, limits_.max_jpeg_scans, may_go_on_, rgb);
      case ImageFormat::kPng: return opencv_.DecodePng(encoded, limits_, rgb);
      case ImageFormat::kWebp: return opencv_.DecodeWebp(encoded, header, rgb);
      case ImageFormat::kBmp: break;
    }
    ASSIGN_OR_RETURN(const BmpLayout layout, ReadBmpLayout(encoded, limits_));
    return DecodeBmp(layout, rgb);
  }

  const ImageLimits limits_;
  const std::function<absl::Status(int64_t bytes)> may_hold_;
  const std::function<absl::Status()> may_go_on_;
  EighthJpegDecoder eighth_;
  OpencvDecoder opencv_;
  PixelBuffer stored_;
  PixelBuffer upright_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ImageDecoder>> ImageDecoder::Create(const Options& options) {
  RETURN_IF_ERROR(options.limits.Validate());
  return std::make_unique<KeptMemoryDecoder>(options);
}

}  // namespace onebyone
