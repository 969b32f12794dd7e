#include "engine/workbench/feature_difference.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace onebyone {
namespace {

// Sums over pairs of elements.
struct Products {
  double wanted = 0;
  double got = 0;
  double mixed = 0;

  void Add(double a, double b) {
    wanted += a * a;
    got += b * b;
    mixed += a * b;
  }

  double Cosine() const {
    if (!std::isfinite(wanted) || !std::isfinite(got)) return 0;
    if (wanted == 0 || got == 0) return wanted == got ? 1 : 0;
    return std::clamp(mixed / std::sqrt(wanted) / std::sqrt(got), -1.0, 1.0);  // rounding may lead out
  }
};

double RelativeError(double squared_difference, double squared_wanted) {
  if (squared_difference == 0) return 0;
  const double error = std::sqrt(squared_difference) / std::sqrt(squared_wanted);
  return std::isfinite(error) ? error : std::numeric_limits<double>::infinity();
}

}  // namespace

FeatureDifference CompareFeatures(const ConstTensorView& wanted, const ConstTensorView& got) {
  const int64_t channels = wanted.shape[1];
  const int64_t pixels = channels > 0 ? wanted.shape.Elements() / channels : 0;
  const auto* a = wanted.As<float>();
  const auto* b = got.As<float>();
  Products map;
  Products pooled;
  double squared_difference = 0;
  for (int64_t c = 0; c < channels; ++c) {
    double sum_a = 0;
    double sum_b = 0;
    for (int64_t i = c * pixels; i < (c + 1) * pixels; ++i) {
      const double x = a[i];
      const double y = b[i];
      map.Add(x, y);
      squared_difference += (x - y) * (x - y);
      sum_a += x;
      sum_b += y;
    }
    pooled.Add(sum_a, sum_b);  // the cosine is the same without the division
  }
  return {pooled.Cosine(), map.Cosine(), RelativeError(squared_difference, map.wanted)};
}

int64_t LargestAt(const ConstTensorView& map) {
  const auto* begin = map.As<float>();
  return std::max_element(begin, begin + map.shape.Elements()) - begin;
}

}  // namespace onebyone
