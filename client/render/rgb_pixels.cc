#include "client/render/rgb_pixels.h"

#include <opencv2/imgproc.hpp>

#include "client/render/photograph.h"
#include "engine/base/status_macros.h"

namespace onebyone {

absl::StatusOr<std::vector<uint8_t>> RgbPixels(absl::string_view encoded, int32_t width, int32_t height) {
  ASSIGN_OR_RETURN(const cv::Mat photograph, DecodePhotograph(encoded));
  std::vector<uint8_t> pixels(static_cast<size_t>(width) * static_cast<size_t>(height) * 3);
  cv::Mat rgb(height, width, CV_8UC3, pixels.data());
  cv::Mat resized;
  cv::resize(photograph, resized, cv::Size(width, height), 0, 0, cv::INTER_AREA);
  cv::cvtColor(resized, rgb, cv::COLOR_BGR2RGB);
  return pixels;
}

}  // namespace onebyone
