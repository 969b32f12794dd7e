#include "engine/workbench/reduction_report.h"

#include <algorithm>
#include <cmath>

namespace onebyone {
namespace {

std::vector<int64_t> CountsUpTo(int64_t rows) {
  std::vector<int64_t> counts;
  for (int64_t count = 1; count < rows; count *= 2) counts.push_back(count);
  counts.push_back(rows);
  return counts;
}

double Cosine(absl::Span<const double> a, absl::Span<const double> b) {
  double product = 0;
  double a_squares = 0;
  double b_squares = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    product += a[i] * b[i];
    a_squares += a[i] * a[i];
    b_squares += b[i] * b[i];
  }
  if (a_squares == 0 || b_squares == 0) return a_squares == b_squares ? 1 : 0;
  return std::clamp(product / std::sqrt(a_squares) / std::sqrt(b_squares), -1.0, 1.0);  // rounding may lead out
}

// What the weights give for `pixel`, and adds that much of the row to `back`.
void AddComponent(const Reduction& reduction, int64_t row, absl::Span<const double> pixel, std::vector<double>& back) {
  const float* weights = reduction.weights.As<float>() + row * reduction.layer_channels();
  double component = reduction.bias.has_value() ? reduction.bias->As<float>()[row] : 0.0;
  for (size_t c = 0; c < pixel.size(); ++c) component += weights[c] * pixel[c];
  for (size_t c = 0; c < pixel.size(); ++c) back[c] += weights[c] * component;
}

}  // namespace

std::vector<ReductionRow> ReportOn(const Reduction& reduction, absl::Span<const double> mean,
                                   absl::Span<const double> pooled) {
  std::vector<ReductionRow> report;
  for (const int64_t count : CountsUpTo(reduction.max_channels())) {
    const auto last = static_cast<size_t>(count - 1);
    report.push_back({.channels = count, .explained_variance = reduction.explained_variance[last]});
  }
  const size_t pictures = pooled.size() / mean.size();
  for (size_t picture = 0; picture < pictures; ++picture) {
    const absl::Span<const double> wanted = pooled.subspan(picture * mean.size(), mean.size());
    std::vector<double> back(mean.begin(), mean.end());
    int64_t row = 0;
    for (ReductionRow& entry : report) {
      for (; row < entry.channels; ++row) AddComponent(reduction, row, wanted, back);
      const double cosine = Cosine(wanted, back);
      entry.mean_pooled_cosine += cosine / static_cast<double>(pictures);
      entry.least_pooled_cosine = std::min(entry.least_pooled_cosine, cosine);
    }
  }
  return report;
}

}  // namespace onebyone
