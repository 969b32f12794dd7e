#include "client/render/picture_stack.h"

#include <algorithm>

#include "client/render/heat_map.h"

namespace onebyone {
namespace {

constexpr int kCaption = 30;  // a caption above a picture
constexpr int kLegend = 46;   // the colour bar with its numbers

}  // namespace

cv::Mat UnderCaption(const std::string& caption, const cv::Mat& picture, int width) {
  cv::Mat both(picture.rows + kCaption, std::max(picture.cols, width), CV_8UC3, kBackground);
  DrawText(both, CutText(caption, kCaptionStyle, both.cols), {0, 2}, kCaptionStyle);
  Paste(both, picture, {0, kCaption});
  return both;
}

cv::Mat TextLine(const std::string& text, int width) {
  cv::Mat line = Room(kCaption - 6, width);
  DrawText(line, CutText(text, kCaptionStyle, width), {0, 2}, kCaptionStyle);
  return line;
}

cv::Mat Stack(const std::vector<cv::Mat>& pictures) {
  cv::Size size(0, 0);
  for (const cv::Mat& picture : pictures) size = {std::max(size.width, picture.cols), size.height + picture.rows};
  cv::Mat stack(size, CV_8UC3, kBackground);
  int y = 0;
  for (const cv::Mat& picture : pictures) {
    Paste(stack, picture, {0, y});
    y += picture.rows;
  }
  return stack;
}

cv::Mat Room(int height, int width) { return cv::Mat(height, width, CV_8UC3, kBackground); }

cv::Mat DrawHeatLegend(double low, double high, int width) {
  cv::Mat picture = Room(kLegend, width);
  cv::Mat ramp(10, width, CV_32F);
  for (int x = 0; x < width; ++x) ramp.col(x).setTo(static_cast<double>(x) / std::max(1, width - 1));
  Paste(picture, HeatColors(ramp), {0, 10});
  const std::string right = ShortNumber(high);
  DrawText(picture, ShortNumber(low), {0, 28}, kCaptionStyle);
  DrawText(picture, right, {width - TextWidth(right, kCaptionStyle), 28}, kCaptionStyle);
  return picture;
}

}  // namespace onebyone
