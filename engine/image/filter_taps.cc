#include "engine/image/filter_taps.h"

#include <algorithm>
#include <cmath>

namespace onebyone {
namespace {

// The input pixels and the not yet normalized weights of one output pixel.
class TapRow {
 public:
  TapRow(int64_t first, int64_t end, int64_t input_size)
      : first_(std::clamp<int64_t>(first, 0, input_size - 1)), end_(std::clamp(end, first_ + 1, input_size)) {}

  // Appends the weights `weight(input pixel)`, normalized, to `taps`.
  template <typename Weight>
  void Append(FilterTaps& taps, const Weight& weight) const {
    double sum = 0;
    for (int64_t i = first_; i < end_; ++i) sum += weight(i);
    const size_t output = taps.first.size();
    taps.first.push_back(static_cast<int32_t>(first_));
    taps.count.push_back(static_cast<int32_t>(end_ - first_));
    int32_t* to = taps.weights.data() + output * static_cast<size_t>(taps.stride);
    for (int64_t i = first_; i < end_; ++i) {
      const double normalized = sum != 0 ? weight(i) / sum : 1.0 / static_cast<double>(end_ - first_);
      *to++ = static_cast<int32_t>(normalized * (1 << FilterTaps::kWeightBits) + 0.5);
    }
  }

 private:
  int64_t first_;
  int64_t end_;
};

void AddAntialiased(const ResizeAxis& axis, int64_t output, FilterTaps& taps) {
  const double scale = axis.Scale();
  const double support = std::max(scale, 1.0);
  const double center = axis.box_begin + (static_cast<double>(output) + 0.5) * scale;
  const double inverse = 1.0 / support;
  const TapRow row(static_cast<int64_t>(center - support + 0.5), static_cast<int64_t>(center + support + 0.5),
                   axis.input_size);
  row.Append(taps, [&](int64_t i) {
    const double distance = std::abs((static_cast<double>(i) - center + 0.5) * inverse);
    return distance < 1.0 ? 1.0 - distance : 0.0;
  });
}

// `position`: of the first neighbour's middle, and `share` of the second.
void AddNeighbours(const ResizeAxis& axis, int64_t first, double share, FilterTaps& taps) {
  if (first < 0 || first >= axis.input_size - 1) {
    const int64_t edge = first < 0 ? 0 : axis.input_size - 1;
    TapRow(edge, edge + 1, axis.input_size).Append(taps, [](int64_t) { return 1.0; });
    return;
  }
  TapRow(first, first + 2, axis.input_size).Append(taps, [&](int64_t i) { return i == first ? 1.0 - share : share; });
}

void AddBilinear(const ResizeAxis& axis, int64_t output, FilterTaps& taps) {
  const double position = axis.box_begin + (static_cast<double>(output) + 0.5) * axis.Scale() - 0.5;
  const double first = std::floor(position);
  AddNeighbours(axis, static_cast<int64_t>(first), position - first, taps);
}

void AddCovered(const ResizeAxis& axis, int64_t output, FilterTaps& taps) {
  constexpr double kSliver = 1e-3;  // as OpenCV: less of a pixel than this does not count
  const double begin = axis.box_begin + static_cast<double>(output) * axis.Scale();
  const double end = begin + axis.Scale();
  const TapRow row(static_cast<int64_t>(begin + kSliver), static_cast<int64_t>(std::ceil(end - kSliver)),
                   axis.input_size);
  row.Append(taps, [&](int64_t i) {
    return std::max(0.0, std::min(end, static_cast<double>(i + 1)) - std::max(begin, static_cast<double>(i)));
  });
}

// INTER_AREA where a side grows: pixels stay flat but for the output pixel that lies across two of them.
void AddFlat(const ResizeAxis& axis, int64_t output, FilterTaps& taps) {
  const double scale = axis.Scale();
  const double begin = axis.box_begin + static_cast<double>(output) * scale;
  const double first = std::floor(begin);
  const double over =
      (begin + scale - (first + 1)) / scale;  // the share of the output pixel behind the input pixel's end
  AddNeighbours(axis, static_cast<int64_t>(first), over <= 0 ? 0 : over - std::floor(over), taps);
}

int64_t MostTaps(ResizeFilter filter, const ResizeAxis& axis, bool shrinks) {
  if (filter == ResizeFilter::kAntialias) return 2 * static_cast<int64_t>(std::ceil(std::max(axis.Scale(), 1.0))) + 1;
  return filter == ResizeFilter::kArea && shrinks ? static_cast<int64_t>(std::ceil(axis.Scale())) + 2 : 2;
}

}  // namespace

int64_t FilterTaps::Begin() const { return *std::min_element(first.begin(), first.end()); }

int64_t FilterTaps::End() const {
  int64_t end = 0;
  for (size_t i = 0; i < first.size(); ++i) end = std::max<int64_t>(end, first[i] + count[i]);
  return end;
}

void BuildTaps(ResizeFilter filter, const ResizeAxis& axis, bool shrinks, FilterTaps& taps) {
  taps.stride = MostTaps(filter, axis, shrinks);
  taps.first.clear();
  taps.count.clear();
  taps.first.reserve(static_cast<size_t>(axis.output_count));
  taps.count.reserve(static_cast<size_t>(axis.output_count));
  taps.weights.resize(static_cast<size_t>(axis.output_count * taps.stride));
  for (int64_t output = axis.output_begin; output < axis.output_begin + axis.output_count; ++output) {
    switch (filter) {
      case ResizeFilter::kAntialias: AddAntialiased(axis, output, taps); break;
      case ResizeFilter::kBilinear: AddBilinear(axis, output, taps); break;
      case ResizeFilter::kArea: shrinks ? AddCovered(axis, output, taps) : AddFlat(axis, output, taps); break;
    }
  }
}

}  // namespace onebyone
