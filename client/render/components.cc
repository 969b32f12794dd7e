#include "client/render/components.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr int kColors = 3;
constexpr float kMiddle = 128;
constexpr double kUncovered = 0.35;  // brightness of what no cell sees

// One row a cell, one column a channel.
cv::Mat SamplesOf(const Activations& map) {
  const cv::Size size = map.size();
  cv::Mat samples(size.area(), static_cast<int>(map.channels.size()), CV_32F);
  for (int c = 0; c < samples.cols; ++c) {
    map.channels[static_cast<size_t>(c)].reshape(1, size.area()).copyTo(samples.col(c));
  }
  return samples;
}

// The sum over all channels of their variance.
double VarianceOf(const Activations& map) {
  double variance = 0;
  for (const cv::Mat& channel : map.channels) {
    cv::Scalar mean;
    cv::Scalar deviation;
    cv::meanStdDev(channel, mean, deviation);
    variance += deviation[0] * deviation[0];
  }
  return variance;
}

double LargestWeight(const cv::Mat& weights) {
  double low = 0;
  double high = 0;
  cv::minMaxLoc(weights, &low, &high);
  return -low > high ? low : high;
}

// The value below which a share of the values lie.
float QuantileOf(std::vector<float> values, double share) {
  const auto at = static_cast<ptrdiff_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<size_t>(at)];
}

cv::Mat ScaledToColor(const cv::Mat& component) {
  const std::vector<float> values(component.begin<float>(), component.end<float>());
  const double low = QuantileOf(values, 0.01);
  const double high = QuantileOf(values, 0.99);
  if (!(high > low)) return {component.size(), CV_32F, cv::Scalar(kMiddle)};
  cv::Mat scaled;
  component.convertTo(scaled, CV_32F, 255 / (high - low), -low * 255 / (high - low));
  return cv::min(cv::max(scaled, 0), 255);
}

}  // namespace

Components ComponentsOfMap(const Activations& map) {
  const cv::Mat samples = SamplesOf(map);
  const cv::PCA pca(samples, cv::noArray(), cv::PCA::DATA_AS_ROW, std::min({kColors, samples.cols, samples.rows}));
  const cv::Mat projected = pca.project(samples);
  Components components;
  double kept = 0;
  for (int i = 0; i < projected.cols; ++i) {
    const double sign = LargestWeight(pca.eigenvectors.row(i)) < 0 ? -1 : 1;
    const cv::Mat values = projected.col(i) * sign;
    components.maps.push_back(values.reshape(1, map.size().height));
    kept += pca.eigenvalues.at<float>(i);
  }
  const double variance = VarianceOf(map);
  components.source = "components of this map alone (none are fitted)";
  if (variance > 0) absl::StrAppendFormat(&components.source, ", %.1f %% of its variance", 100 * kept / variance);
  return components;
}

absl::StatusOr<Components> ComponentsOf(const LayerView& view, const Activations& map) {
  if (!view.components.has_value()) return ComponentsOfMap(map);
  ASSIGN_OR_RETURN(Activations stored, ActivationsOf(*view.components));
  if (stored.size() != map.size()) {
    return absl::InternalError(absl::StrCat("feature map of '", view.map.layer(), "': components: want ",
                                            map.size().height, " x ", map.size().width, " cells, got ",
                                            stored.size().height, " x ", stored.size().width));
  }
  Components components;
  stored.channels.resize(std::min<size_t>(stored.channels.size(), kColors));
  components.maps = stored.channels;
  components.source = absl::StrCat(view.components->reduction(), ", fitted on pictures");
  if (view.components->has_explained_variance()) {
    absl::StrAppendFormat(&components.source, ", %.1f %% of their variance",
                          100 * view.components->explained_variance());
  }
  return components;
}

cv::Mat ComponentColors(const std::vector<cv::Mat>& maps) {
  std::vector<cv::Mat> planes(kColors, cv::Mat(maps.front().size(), CV_32F, cv::Scalar(kMiddle)));
  for (size_t i = 0; i < std::min<size_t>(maps.size(), kColors); ++i) planes[kColors - 1 - i] = ScaledToColor(maps[i]);
  cv::Mat colors;
  cv::merge(planes, colors);
  return colors;
}

cv::Mat DrawComponentMap(const cv::Mat& photograph, const cv::Mat& colors, const MapPlacement& placement,
                         double share) {
  cv::Mat gray;
  cv::cvtColor(photograph, gray, cv::COLOR_BGR2GRAY);
  cv::cvtColor(gray, gray, cv::COLOR_GRAY2BGR);
  cv::Mat picture = gray * kUncovered;
  if (placement.covered.empty()) return picture;
  cv::Mat smooth;
  SmoothCells(colors, placement).convertTo(smooth, CV_8U);
  cv::addWeighted(smooth, share, gray(placement.covered), 1 - share, 0, picture(placement.covered));
  return picture;
}

}  // namespace onebyone
