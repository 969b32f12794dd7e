#include "client/render/photograph.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {

namespace {

absl::StatusOr<cv::Mat> Decode(absl::string_view encoded, int mode) {
  if (encoded.empty() || encoded.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return absl::InvalidArgumentError(absl::StrCat("image: want 1 to 2147483647 bytes, got ", encoded.size()));
  }
  try {
    const cv::Mat bytes(1, static_cast<int>(encoded.size()), CV_8U, const_cast<char*>(encoded.data()));
    cv::Mat bgr = cv::imdecode(bytes, mode);
    if (bgr.empty()) return absl::InvalidArgumentError("image: cannot be decoded here, to be drawn");
    return bgr;
  } catch (const cv::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("image: ", error.what()));
  }
}

}  // namespace

absl::StatusOr<cv::Mat> DecodePhotograph(absl::string_view encoded) { return Decode(encoded, cv::IMREAD_COLOR); }

absl::StatusOr<cv::Mat> DecodeThumbnail(absl::string_view encoded, cv::Size area) {
  ASSIGN_OR_RETURN(cv::Mat picture, Decode(encoded, cv::IMREAD_REDUCED_COLOR_8));
  // The eighth tells how large the whole is, and so which fraction is just large enough.
  const double eighths =
      std::min(static_cast<double>(area.width) / picture.cols, static_cast<double>(area.height) / picture.rows);
  if (eighths > 1) {
    const int mode = eighths <= 2   ? cv::IMREAD_REDUCED_COLOR_4
                     : eighths <= 4 ? cv::IMREAD_REDUCED_COLOR_2
                                    : cv::IMREAD_COLOR;
    ASSIGN_OR_RETURN(picture, Decode(encoded, mode));
  }
  return FitInto(picture, area);
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
