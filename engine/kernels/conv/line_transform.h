#pragma once

#include <cstdint>
#include <vector>

#include "engine/tensor/data_type.h"

namespace onebyone {

// One image of channel blocks, [blocks][...][block], seen as lines of pixels.
struct LinesOfPixels {
  int64_t blocks = 0;  // of channels
  int64_t lines = 0;
  int64_t pixels = 0;        // of a line
  int64_t block_stride = 0;  // in elements, as are:
  int64_t line_stride = 0;
  int64_t pixel_stride = 0;
};

// A convolution of stride 1 as Winograd's F(outputs, taps) along lines: tiles of `outputs` pixels become `points`
// values, each of which is a matrix product over the channels.
struct LineTransform {
  int outputs = 0;
  int taps = 0;
  int64_t block = 16;                  // channels that lie together: 8 or 16
  DataType type = DataType::kFloat32;  // of pixels and transformed inputs, or kBFloat16
  LinesOfPixels src;
  LinesOfPixels dst;
  int64_t src_line = 0;   // of the source, where the first of the destination begins: negative where that is padding
  int64_t src_pixel = 0;  // the same within a line
  int64_t rows = 1;       // of the window, across the lines
  int64_t strip = 1;      // lines of the destination that are computed in one go
  float low = 0.0F;       // what results are cut off at
  float high = 0.0F;

  int points() const { return outputs + taps - 1; }
  int64_t tiles() const { return (dst.pixels + outputs - 1) / outputs; }  // of a line
  int64_t src_lines() const { return strip + rows - 1; }                  // of a strip, padding too
  // A line of one block with all its padding, in floats.
  int64_t padded_line() const { return (tiles() * outputs + taps - 1) * block; }
};

// The functions for one transform, compiled for the vector instructions of this CPU.
struct LineFunctions {
  // What the strip that begins at line `first` of the destination needs of the image `src` -> dst [points]
  // [src_lines * tiles][src.blocks * block]; `line`: padded_line() floats of scratch.
  void (*input)(const LineTransform& transform, int64_t first, const void* src, float* line, void* dst) = nullptr;
  // src [points][strip * tiles][dst.blocks * block], float32, + bias [dst.blocks * block] or null -> that strip of the
  // image `dst`.
  void (*output)(const LineTransform& transform, int64_t first, const float* src, const float* bias,
                 void* dst) = nullptr;
  // The filter's matrix, row by row: [points][taps].
  std::vector<double> filter;
};

// No functions where there are none for this type, block, number of outputs and taps, or this CPU has no vectors.
LineFunctions LineFunctionsFor(const LineTransform& transform);

// How many outputs a tile has for a filter of `taps` taps; 0: there is no transform. The rounding of transformed values
// grows with outputs and taps: in bfloat16 an error of 1 % of the root mean square is the most that is taken.
int LineOutputs(int64_t taps, DataType type);

}  // namespace onebyone
