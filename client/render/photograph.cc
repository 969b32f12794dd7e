#include "client/render/photograph.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace onebyone {

absl::StatusOr<cv::Mat> DecodePhotograph(absl::string_view encoded) {
  if (encoded.empty() || encoded.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return absl::InvalidArgumentError(absl::StrCat("image: want 1 to 2147483647 bytes, got ", encoded.size()));
  }
  try {
    const cv::Mat bytes(1, static_cast<int>(encoded.size()), CV_8U, const_cast<char*>(encoded.data()));
    cv::Mat bgr = cv::imdecode(bytes, cv::IMREAD_COLOR);
    if (bgr.empty()) return absl::InvalidArgumentError("image: cannot be decoded here, to be drawn");
    return bgr;
  } catch (const cv::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("image: ", error.what()));
  }
}

cv::Mat FitInto(const cv::Mat& photograph, cv::Size area) {
  const double scale = std::min(
      {static_cast<double>(area.width) / photograph.cols, static_cast<double>(area.height) / photograph.rows, 4.0});
  const cv::Size size(std::max(1, static_cast<int>(photograph.cols * scale + 0.5)),
                      std::max(1, static_cast<int>(photograph.rows * scale + 0.5)));
  cv::Mat fitted;
  cv::resize(photograph, fitted, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
  return fitted;
}

}  // namespace onebyone
