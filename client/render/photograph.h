#pragma once

#include <opencv2/core.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// The picture, upright, as 8-bit BGR. INVALID_ARGUMENT where it cannot be decoded.
absl::StatusOr<cv::Mat> DecodePhotograph(absl::string_view encoded);

// The picture, upright, made to fit into `area`. A large JPEG is decoded at a fraction of its size. INVALID_ARGUMENT
// where it cannot be decoded.
absl::StatusOr<cv::Mat> DecodeThumbnail(absl::string_view encoded, cv::Size area);

// `photograph` made to fit into `area`, aspect ratio kept; never enlarged by more than four times.
cv::Mat FitInto(const cv::Mat& photograph, cv::Size area);

}  // namespace onebyone
