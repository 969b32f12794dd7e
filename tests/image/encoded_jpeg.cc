#include "tests/image/encoded_jpeg.h"

// clang-format off
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>  // uses size_t and FILE without including them
// clang-format on

#include <cstdlib>
#include <ostream>
#include <random>

#include "absl/strings/str_cat.h"

namespace onebyone::testing {
namespace {

void Configure(const JpegParts& parts, jpeg_compress_struct& compress) {
  jpeg_set_defaults(&compress);
  jpeg_set_colorspace(&compress, parts.gray ? JCS_GRAYSCALE : parts.rgb ? JCS_RGB : JCS_YCbCr);
  jpeg_set_quality(&compress, parts.quality, TRUE);
  compress.comp_info[0].h_samp_factor = parts.horizontal;
  compress.comp_info[0].v_samp_factor = parts.vertical;
  compress.restart_interval = static_cast<unsigned int>(parts.restart_interval);
  compress.optimize_coding = parts.own_tables ? TRUE : FALSE;
  compress.write_JFIF_header = parts.jfif_marker ? TRUE : FALSE;
  compress.write_Adobe_marker = parts.adobe_marker || parts.rgb ? TRUE : FALSE;
  if (parts.progressive) jpeg_simple_progression(&compress);
}

}  // namespace

void PrintTo(const JpegParts& parts, std::ostream* out) {
  *out << absl::StrCat("quality ", parts.quality, ", ",
                       parts.gray  ? "gray"
                       : parts.rgb ? "RGB"
                                   : "YCbCr",
                       " ", parts.horizontal, "x", parts.vertical, ", restart ", parts.restart_interval,
                       parts.own_tables ? ", own tables" : "", parts.progressive ? ", progressive" : "",
                       parts.adobe_marker ? ", Adobe" : "", parts.jfif_marker ? "" : ", no JFIF");
}

std::string EncodeJpeg(const Picture& picture, const JpegParts& parts) {
  jpeg_compress_struct compress{};
  jpeg_error_mgr errors{};
  compress.err = jpeg_std_error(&errors);
  jpeg_create_compress(&compress);
  unsigned char* memory = nullptr;
  unsigned long bytes = 0;
  jpeg_mem_dest(&compress, &memory, &bytes);
  compress.image_width = static_cast<JDIMENSION>(picture.width());
  compress.image_height = static_cast<JDIMENSION>(picture.height());
  compress.input_components = 3;
  compress.in_color_space = JCS_RGB;
  Configure(parts, compress);
  jpeg_start_compress(&compress, TRUE);
  while (compress.next_scanline < compress.image_height) {
    JSAMPROW row = const_cast<uint8_t*>(picture.bytes()) + 3 * picture.width() * compress.next_scanline;
    jpeg_write_scanlines(&compress, &row, 1);
  }
  jpeg_finish_compress(&compress);
  jpeg_destroy_compress(&compress);
  const std::string encoded(reinterpret_cast<const char*>(memory), bytes);
  std::free(memory);
  return encoded;
}

Picture Noise(int64_t width, int64_t height, uint32_t seed) {
  std::mt19937 random(seed);
  Picture picture(width, height);
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      const auto bits = static_cast<uint32_t>(random());
      picture.at(x, y) = {static_cast<uint8_t>(bits), static_cast<uint8_t>(bits >> 8),
                          static_cast<uint8_t>(bits >> 16)};
    }
  }
  return picture;
}

}  // namespace onebyone::testing
