#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "absl/status/statusor.h"
#include "onebyone/v1/tensor.pb.h"

namespace onebyone {

// A feature map as pictures of numbers.
struct Activations {
  std::vector<cv::Mat> channels;  // CV_32F, all of one size; values that are not finite are 0
  bool is_vector = false;         // of one cell that lies nowhere on the image

  cv::Size size() const { return channels.front().size(); }
};

// `map` in CHW or [C]. INTERNAL where it contradicts itself or is HWC.
absl::StatusOr<Activations> ActivationsOf(const v1::FeatureMap& map);

// The mean over all channels of |value|, cell by cell; CV_32F.
cv::Mat MeanMagnitude(const Activations& activations);

// `values` (CV_32F) from [low, high] to 0..255 (CV_8U); all 0 where high is not above low.
cv::Mat ScaleToBytes(const cv::Mat& values, double low, double high);

}  // namespace onebyone
