#include <cstring>
#include <vector>

#include "engine/image/eighth_jpeg_decoder.h"
#include "engine/image/image_header.h"
#include "engine/image/jpeg_decoder.h"
#include "engine/image/scaled_side.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"

// What our own decoder at 1/8 scale takes, libjpeg takes too, and both make the same pixels of it.

using onebyone::DecodeJpeg;
using onebyone::EighthJpegDecoder;
using onebyone::ImageFormat;
using onebyone::ImageHeader;
using onebyone::ImageLimits;
using onebyone::ProbeImage;
using onebyone::ScaledSide;
using onebyone::testing::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto* const decoder = new EighthJpegDecoder;
  const absl::string_view encoded(reinterpret_cast<const char*>(data), size);
  ImageLimits limits;
  limits.max_pixels = 1 << 16;
  limits.max_side = 4096;
  const absl::StatusOr<ImageHeader> header = ProbeImage(encoded, limits);
  if (!header.ok() || header->format != ImageFormat::kJpeg) return 0;
  const auto bytes = static_cast<size_t>(3 * ScaledSide(header->width, 8) * ScaledSide(header->height, 8));
  std::vector<uint8_t> ours(bytes, 0xAA);
  if (!decoder->Decode(encoded, *header, ours.data())) return 0;
  std::vector<uint8_t> theirs(bytes, 0x55);
  Require(DecodeJpeg(encoded, *header, 8, limits.max_jpeg_scans, nullptr, theirs.data()).ok(),
          "what our decoder takes, libjpeg takes");
  Require(ours == theirs, "our decoder's pixels are libjpeg's");
  return 0;
}
