#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/image/filter_taps.h"
#include "engine/image/pixel_buffer.h"

namespace onebyone {

// Resizes 8-bit RGB pictures in two passes, along rows and then along columns, each rounded to 8 bits, in 22-bit fixed
// point: as Pillow does, to the bit. Only rows and columns that the wanted pixels need are computed. Keeps its memory.
// One per thread.
class SeparableResize {
 public:
  // `pixels`: dense rows of `width` pixels, `height` of them, as `columns` and `rows` expect. Returns dense rows of
  // columns.first.size() pixels, rows.first.size() of them, valid until the next call.
  absl::StatusOr<const uint8_t*> Run(const uint8_t* pixels, int64_t width, int64_t height, const FilterTaps& columns,
                                     const FilterTaps& rows);

 private:
  PixelBuffer last_row_;
  PixelBuffer narrowed_;  // after the pass along rows
  PixelBuffer resized_;
};

}  // namespace onebyone
