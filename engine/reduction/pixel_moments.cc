#include "engine/reduction/pixel_moments.h"

#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/reduction/gram_matrix.h"

namespace onebyone {

absl::StatusOr<PixelMoments> MomentsOf(const ConstTensorView& map) {
  const int64_t channels = map.shape[0];
  const int64_t pixels = channels > 0 ? map.shape.Elements() / channels : 0;
  if (pixels == 0) return PixelMoments();
  PixelMoments moments;
  moments.pixels = pixels;
  moments.mean.resize(static_cast<size_t>(channels));
  const int64_t length = (pixels + kGramLanes - 1) / kGramLanes * kGramLanes;
  std::vector<double> centred(static_cast<size_t>(channels * length));  // zeros at the end of each row add nothing
  const float* from = map.As<float>();
  for (int64_t c = 0; c < channels; ++c) {
    double sum = 0.0;
    for (int64_t i = 0; i < pixels; ++i) sum += from[c * pixels + i];
    if (!std::isfinite(sum)) {
      return absl::InvalidArgumentError(absl::StrCat("want finite numbers, got ", sum, " in channel ", c));
    }
    const double mean = sum / static_cast<double>(pixels);
    moments.mean[static_cast<size_t>(c)] = mean;
    for (int64_t i = 0; i < pixels; ++i) centred[static_cast<size_t>(c * length + i)] = from[c * pixels + i] - mean;
  }
  moments.scatter.resize(static_cast<size_t>(channels * channels));
  GramMatrix(centred, channels, length, absl::MakeSpan(moments.scatter));
  return moments;
}

void Merge(const PixelMoments& more, PixelMoments& total) {
  if (more.pixels == 0) return;
  if (total.pixels == 0) {
    total = more;
    return;
  }
  const auto before = static_cast<double>(total.pixels);
  const auto added = static_cast<double>(more.pixels);
  const double pixels = before + added;
  const size_t channels = total.mean.size();
  std::vector<double> step(channels);
  for (size_t c = 0; c < channels; ++c) step[c] = more.mean[c] - total.mean[c];
  for (size_t i = 0; i < channels; ++i) {
    const double weight = step[i] * (before * added / pixels);
    double* const row = total.scatter.data() + i * channels;
    const double* const more_row = more.scatter.data() + i * channels;
    for (size_t j = 0; j < channels; ++j) row[j] += more_row[j] + weight * step[j];
  }
  for (size_t c = 0; c < channels; ++c) total.mean[c] += step[c] * (added / pixels);
  total.pixels += more.pixels;
}

}  // namespace onebyone
