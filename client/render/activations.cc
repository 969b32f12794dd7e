#include "client/render/activations.h"

#include <cmath>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/feature_values.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<Activations> ActivationsOf(const v1::FeatureMap& map) {
  ASSIGN_OR_RETURN(const MapExtent extent, CheckFeatureMap(map));
  if (map.shape_size() == 3 && map.layout() == v1::HWC) {
    return absl::InternalError(absl::StrCat("feature map of '", map.layer(), "': layout: want CHW, got HWC"));
  }
  ASSIGN_OR_RETURN(std::vector<float> values, FloatValues(map));
  for (float& value : values) {
    if (!std::isfinite(value)) value = 0;
  }
  Activations activations;
  activations.is_vector = map.shape_size() == 1;
  const auto plane = static_cast<size_t>(extent.height * extent.width);
  for (size_t c = 0; c < static_cast<size_t>(extent.channels); ++c) {
    cv::Mat channel(static_cast<int>(extent.height), static_cast<int>(extent.width), CV_32F);
    std::memcpy(channel.data, values.data() + c * plane, plane * sizeof(float));
    activations.channels.push_back(channel);
  }
  return activations;
}

cv::Mat MeanMagnitude(const Activations& activations) {
  cv::Mat sum = cv::Mat::zeros(activations.size(), CV_64F);
  for (const cv::Mat& channel : activations.channels) cv::add(sum, cv::abs(channel), sum, cv::noArray(), CV_64F);
  cv::Mat mean;
  sum.convertTo(mean, CV_32F, 1.0 / static_cast<double>(activations.channels.size()));
  return mean;
}

cv::Mat ScaleToBytes(const cv::Mat& values, double low, double high) {
  if (!(high > low)) return cv::Mat::zeros(values.size(), CV_8U);
  cv::Mat bytes;
  const double scale = 255 / (high - low);
  values.convertTo(bytes, CV_8U, scale, -low * scale);
  return bytes;
}

}  // namespace onebyone
