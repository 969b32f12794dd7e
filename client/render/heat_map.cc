#include "client/render/heat_map.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace onebyone {
namespace {

constexpr double kColdest = 0.45;  // how much the colour covers the photograph where there is no heat
constexpr double kHottest = 0.80;

}  // namespace

Heat HeatOf(const Activations& activations) {
  Heat heat;
  const cv::Mat mean = MeanMagnitude(activations);
  cv::minMaxLoc(mean, &heat.low, &heat.high);
  const double range = heat.high - heat.low;
  heat.cells = cv::Mat::zeros(mean.size(), CV_32F);
  if (range > 0) mean.convertTo(heat.cells, CV_32F, 1 / range, -heat.low / range);
  return heat;
}

cv::Mat HeatColors(const cv::Mat& cells) {
  cv::Mat bytes;
  cells.convertTo(bytes, CV_8U, 255);
  cv::Mat colors;
  cv::applyColorMap(bytes, colors, cv::COLORMAP_INFERNO);
  return colors;
}

cv::Mat DrawHeatMap(const cv::Mat& photograph, const cv::Mat& heat, const MapPlacement& placement) {
  cv::Mat picture = photograph.clone();
  const cv::Rect& covered = placement.covered;
  if (covered.empty()) return picture;

  const cv::Mat smooth = SmoothCells(heat, placement);
  const cv::Mat colors = HeatColors(smooth);
  cv::Mat gray;  // the photograph's own colours would mix with those of the heat
  cv::cvtColor(picture(covered), gray, cv::COLOR_BGR2GRAY);
  for (int y = 0; y < covered.height; ++y) {
    for (int x = 0; x < covered.width; ++x) {
      const double share = kColdest + (kHottest - kColdest) * std::clamp(smooth.at<float>(y, x), 0.0f, 1.0f);
      const double level = gray.at<uint8_t>(y, x);
      const cv::Vec3b& color = colors.at<cv::Vec3b>(y, x);
      auto& pixel = picture.at<cv::Vec3b>(covered.y + y, covered.x + x);
      for (int c = 0; c < 3; ++c) pixel[c] = cv::saturate_cast<uint8_t>(level + share * (color[c] - level));
    }
  }
  return picture;
}

}  // namespace onebyone
