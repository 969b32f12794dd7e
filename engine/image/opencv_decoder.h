#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/image/image_header.h"
#include "engine/image/pixel_buffer.h"
#include "engine/image/png_header.h"

namespace onebyone {

// Decodes PNG and WebP files that passed ProbeImage, by OpenCV's readers, to dense 8-bit RGB rows as stored
// (orientation is not applied). INVALID_ARGUMENT where the reader gives up, RESOURCE_EXHAUSTED where there is no
// memory; `rgb` may then be written in part.
class OpencvDecoder {
 public:
  OpencvDecoder();

  absl::Status DecodePng(absl::string_view encoded, const ImageLimits& limits, uint8_t* rgb);
  absl::Status DecodeWebp(absl::string_view encoded, const ImageHeader& header, uint8_t* rgb);

  // Memory for samples that is kept for the next image.
  int64_t sample_bytes() const { return samples_.bytes(); }
  // Gives up all memory that is kept.
  void Free() {
    essential_.Free();
    samples_.Free();
  }

 private:
  struct Want;
  absl::Status Decode(absl::string_view encoded, const Want& want, uint8_t* rgb);

  PixelBuffer essential_;  // a PNG without the chunks that pixels do not need
  PixelBuffer samples_;    // what the reader writes
};

}  // namespace onebyone
