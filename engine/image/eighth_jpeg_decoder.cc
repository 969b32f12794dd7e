#include "engine/image/eighth_jpeg_decoder.h"

#include <algorithm>
#include <optional>

#include "engine/image/byte_reader.h"
#include "engine/image/scaled_side.h"
#include "engine/image/ycc_to_rgb.h"

namespace onebyone {
namespace {

constexpr int64_t kMostSide = 65500;  // of libjpeg
constexpr uint8_t kEndOfImage = 0xD9;

bool IsUsualSampling(const SequentialJpeg& jpeg) {
  const auto& component = jpeg.component;
  const auto is_single = [](const SequentialJpeg::Component& c) { return c.horizontal == 1 && c.vertical == 1; };
  if (jpeg.components == 1) return is_single(component[0]);
  const auto is_one_or_two = [](int factor) { return factor == 1 || factor == 2; };
  return is_one_or_two(component[0].horizontal) && is_one_or_two(component[0].vertical) && is_single(component[1]) &&
         is_single(component[2]);
}

bool BuildTables(const SequentialJpeg::Component& coded, bool skips_ac, BlockTables& tables) {
  if (!tables.dc.Build(coded.dc_code) || !tables.ac.Build(coded.ac_code) || !tables.dc.IsDc()) return false;
  skips_ac ? tables.ac_skip.Build(tables.ac) : tables.ac_value.Build(tables.ac);
  return true;
}

void WriteRow(const EighthScan& scan, int64_t row, int64_t width, uint8_t* rgb) {
  const int64_t at = row * scan.stride;
  const uint8_t* const luma = scan.component[0].samples + at;
  if (scan.components == 3) {
    YccToRgb(luma, scan.component[1].samples + at, scan.component[2].samples + at, width, rgb);
    return;
  }
  for (int64_t x = 0; x < width; ++x) std::fill_n(rgb + 3 * x, 3, luma[x]);
}

}  // namespace

bool EighthJpegDecoder::Decode(absl::string_view encoded, const ImageHeader& header, uint8_t* rgb) {
  const std::optional<SequentialJpeg> jpeg = ReadSequentialJpeg(encoded);
  if (!jpeg.has_value() || jpeg->width != header.width || jpeg->height != header.height) return false;
  if (!Prepare(*jpeg)) return false;
  scan_.bits = EntropyBits(encoded.substr(jpeg->entropy_begin));

  const int64_t width = ScaledSide(jpeg->width, 8);
  const int64_t height = ScaledSide(jpeg->height, 8);
  for (int64_t y = 0; y < height; y += scan_.vertical) {
    if (!scan_.DecodeRow() || scan_.bits.IsOverrun()) return false;
    const int64_t rows = std::min<int64_t>(scan_.vertical, height - y);
    for (int64_t row = 0; row < rows; ++row) WriteRow(scan_, row, width, rgb + 3 * width * (y + row));
  }
  return scan_.bits.TakeMarker(kEndOfImage);
}

bool EighthJpegDecoder::Prepare(const SequentialJpeg& jpeg) {
  if (!IsUsualSampling(jpeg) || std::max(jpeg.width, jpeg.height) > kMostSide) return false;
  scan_.components = jpeg.components;
  scan_.horizontal = jpeg.component[0].horizontal;
  scan_.vertical = jpeg.component[0].vertical;
  scan_.columns = ScaledSide(ScaledSide(jpeg.width, 8), scan_.horizontal);
  scan_.restart_interval = scan_.until_restart = jpeg.restart_interval;
  scan_.next_restart = 0;
  return PrepareTables(jpeg) && PrepareSamples();
}

bool EighthJpegDecoder::PrepareTables(const SequentialJpeg& jpeg) {
  for (int i = 0; i < jpeg.components; ++i) {
    const SequentialJpeg::Component& coded = jpeg.component[i];
    EighthScan::Component& component = scan_.component[i];
    component.dc = 0;
    component.dc_step = static_cast<int32_t>(ByteAt(coded.quantization, 0));
    if (component.dc_step == 0) return false;  // then nothing bounds the sum of the differences
    component.idct.SetQuantization(coded.quantization);
    component.tables = &tables_[i];
    // Both chroma components nearly always share their tables, and so a part of the first cache.
    const SequentialJpeg::Component& before = jpeg.component[1];
    if (i == 2 && before.dc_code.data() == coded.dc_code.data() && before.ac_code.data() == coded.ac_code.data()) {
      component.tables = &tables_[1];
    } else if (!BuildTables(coded, i == 0 || scan_.horizontal * scan_.vertical < 4, tables_[i])) {
      return false;
    }
  }
  return true;
}

bool EighthJpegDecoder::PrepareSamples() {
  scan_.stride = scan_.columns * scan_.horizontal;
  const int64_t bytes = scan_.stride * scan_.vertical;
  const absl::StatusOr<uint8_t*> samples = samples_.Reserve(bytes * scan_.components);
  if (!samples.ok()) return false;
  for (int i = 0; i < scan_.components; ++i) scan_.component[i].samples = *samples + i * bytes;
  return true;
}

}  // namespace onebyone
