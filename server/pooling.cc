#include "server/pooling.h"

#include <algorithm>
#include <cmath>

namespace onebyone {
namespace {

constexpr double kGeneralizedMeanFloor = 1e-6;

// A window of one channel.
struct Window {
  const float* first;
  int64_t row_stride;
  int64_t rows;
  int64_t columns;

  template <typename Visit>
  void ForEach(Visit visit) const {
    for (int64_t y = 0; y < rows; ++y) {
      const float* row = first + y * row_stride;
      for (int64_t x = 0; x < columns; ++x) visit(row[x]);
    }
  }
};

float Average(const Window& window) {
  double sum = 0;
  window.ForEach([&sum](float value) { sum += value; });
  return static_cast<float>(sum / static_cast<double>(window.rows * window.columns));
}

float Largest(const Window& window) {
  float largest = *window.first;
  window.ForEach([&largest](float value) { largest = std::max(largest, value); });
  return largest;
}

float GeneralizedMean(const Window& window, double exponent) {
  const double largest = std::max<double>(Largest(window), kGeneralizedMeanFloor);
  if (!std::isfinite(largest)) return static_cast<float>(largest);
  double sum = 0;
  if (exponent == 3) {  // the usual one, without a call of pow per element
    window.ForEach([&sum, largest](float value) {
      const double share = std::max<double>(value, kGeneralizedMeanFloor) / largest;
      sum += share * share * share;
    });
  } else {
    window.ForEach([&sum, largest, exponent](float value) {
      sum += std::pow(std::max<double>(value, kGeneralizedMeanFloor) / largest, exponent);
    });
  }
  return static_cast<float>(largest * std::pow(sum / static_cast<double>(window.rows * window.columns), 1 / exponent));
}

float PoolWindow(const Window& window, const PoolingSpec& spec) {
  switch (spec.kind) {
    case PoolingSpec::Kind::kMax: return Largest(window);
    case PoolingSpec::Kind::kGeneralizedMean: return GeneralizedMean(window, spec.exponent);
    case PoolingSpec::Kind::kAverage:
    case PoolingSpec::Kind::kNone: break;
  }
  return Average(window);
}

}  // namespace

CellRange PooledCell(int64_t index, int64_t grid, int64_t extent) {
  return {index * extent / grid, ((index + 1) * extent + grid - 1) / grid};
}

void Pool(const float* map, int64_t channels, int64_t height, int64_t width, const PoolingSpec& spec, float* pooled) {
  for (int64_t c = 0; c < channels; ++c) {
    const float* channel = map + c * height * width;
    for (int64_t y = 0; y < spec.grid_height; ++y) {
      const CellRange rows = PooledCell(y, spec.grid_height, height);
      for (int64_t x = 0; x < spec.grid_width; ++x) {
        const CellRange columns = PooledCell(x, spec.grid_width, width);
        *pooled++ = PoolWindow(
            {channel + rows.begin * width + columns.begin, width, rows.end - rows.begin, columns.end - columns.begin},
            spec);
      }
    }
  }
}

void NormalizeL2(float* map, int64_t channels, int64_t cells, double* squares) {
  std::fill_n(squares, cells, 0.0);
  for (int64_t c = 0; c < channels; ++c) {
    const float* row = map + c * cells;
    for (int64_t i = 0; i < cells; ++i) squares[i] += static_cast<double>(row[i]) * row[i];
  }
  for (int64_t i = 0; i < cells; ++i) squares[i] = squares[i] > 0 ? 1 / std::sqrt(squares[i]) : 1;
  for (int64_t c = 0; c < channels; ++c) {
    float* row = map + c * cells;
    for (int64_t i = 0; i < cells; ++i) row[i] = static_cast<float>(row[i] * squares[i]);
  }
}

}  // namespace onebyone
