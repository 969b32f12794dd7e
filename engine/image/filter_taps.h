#pragma once

#include <cstdint>
#include <vector>

#include "engine/image/preprocessor.h"

namespace onebyone {

// One axis of a resize. The part [box_begin, box_end) of `input_size` pixels becomes `output_size` pixels, of which
// [output_begin, output_begin + output_count) are wanted. Positions count from the edge of the first pixel.
struct ResizeAxis {
  int64_t input_size = 0;
  double box_begin = 0;
  double box_end = 0;
  int64_t output_size = 0;
  int64_t output_begin = 0;
  int64_t output_count = 0;
  double Scale() const { return (box_end - box_begin) / static_cast<double>(output_size); }
};

// Of each wanted output pixel: the input pixels that it is made of and their weights, which add up to one.
struct FilterTaps {
  static constexpr int kWeightBits = 22;  // behind the point, as in Pillow

  std::vector<int32_t> first;    // input pixel
  std::vector<int32_t> count;    // at least 1
  std::vector<int32_t> weights;  // `stride` an output pixel
  int64_t stride = 0;

  const int32_t* WeightsOf(int64_t output) const { return weights.data() + output * stride; }
  // The input pixels that any wanted output needs: [Begin, End).
  int64_t Begin() const;
  int64_t End() const;
};

// Weights of `filter` along `axis` into `taps`, whose memory is kept:
//   kAntialias  Pillow's BILINEAR: a triangle, as wide as two output pixels where the picture shrinks
//   kBilinear   OpenCV's INTER_LINEAR: the two neighbours of the middle
//   kArea       OpenCV's INTER_AREA: what the output pixel covers, where both axes shrink (`shrinks`); else OpenCV's
//   bilinear variant
void BuildTaps(ResizeFilter filter, const ResizeAxis& axis, bool shrinks, FilterTaps& taps);

}  // namespace onebyone
