#pragma once

#include <cstdint>

namespace onebyone {

// How the cells of a map are drawn together.
struct PoolingSpec {
  enum class Kind : uint8_t { kNone, kAverage, kMax, kGeneralizedMean };
  Kind kind = Kind::kNone;
  int64_t grid_height = 1;  // cells of the pooled map, at most those of the map
  int64_t grid_width = 1;
  double exponent = 3;  // kGeneralizedMean: above 0
};

// The cells [begin, end) of `extent` that cell `index` of a grid of `grid` covers, as in adaptive pooling.
struct CellRange {
  int64_t begin = 0;
  int64_t end = 0;
};
CellRange PooledCell(int64_t index, int64_t grid, int64_t extent);

// Pools `map` [channels, height, width] to `pooled` [channels, grid_height, grid_width]; both dense float32.
// kGeneralizedMean: (mean of max(x, 1e-6)^p)^(1/p), computed in double precision relative to the largest value of the
// cell, so that no power overflows. `spec.kind` is not kNone.
void Pool(const float* map, int64_t channels, int64_t height, int64_t width, const PoolingSpec& spec, float* pooled);

// Scales each vector of `channels` values of `map` [channels, cells] to Euclidean length 1, in place; zero vectors
// stay. Sums in double precision in `squares`, which holds `cells` values.
void NormalizeL2(float* map, int64_t channels, int64_t cells, double* squares);

}  // namespace onebyone
