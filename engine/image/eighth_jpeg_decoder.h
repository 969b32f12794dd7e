#pragma once

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "engine/image/eighth_scan.h"
#include "engine/image/entropy_blocks.h"
#include "engine/image/image_header.h"
#include "engine/image/pixel_buffer.h"
#include "engine/image/sequential_jpeg.h"

namespace onebyone {

// Decodes the usual JPEG at 1/8 of its size, where of nearly every block only the mean is wanted, by skipping the other
// coefficients instead of decoding them. Writes what DecodeJpeg (libjpeg) writes, to the bit.
//
// For it are the JPEGs of SequentialJpeg, gray or with chroma halved in one direction, in both or in none. It judges
// nothing: whatever is unusual or broken is left to DecodeJpeg, and what it decodes, DecodeJpeg would accept.
//
// Keeps its memory from one image to the next. One per thread.
class EighthJpegDecoder {
 public:
  // `header`, `rgb`: as of DecodeJpeg at scale_down 8. True: `rgb` is written. False: this image is not for it, and
  // `rgb` may be written in part.
  bool Decode(absl::string_view encoded, const ImageHeader& header, uint8_t* rgb);

 private:
  bool Prepare(const SequentialJpeg& jpeg);
  bool PrepareTables(const SequentialJpeg& jpeg);
  bool PrepareSamples();

  std::array<BlockTables, 3> tables_;
  EighthScan scan_;
  PixelBuffer samples_;
};

}  // namespace onebyone
