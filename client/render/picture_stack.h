#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "client/render/canvas.h"

namespace onebyone {

inline const TextStyle kTitleStyle = {.height = 24, .bold = true};
inline const TextStyle kSubtitleStyle = {.height = 12, .color = kMuted};
inline const TextStyle kCaptionStyle = {.height = 11, .color = kMuted};

// `picture` with a line of text above it, at least `width` wide; text that is wider is cut.
cv::Mat UnderCaption(const std::string& caption, const cv::Mat& picture, int width);

// A line of text of this width; what does not fit is cut.
cv::Mat TextLine(const std::string& text, int width);

// The pictures from top to bottom, as wide as the widest.
cv::Mat Stack(const std::vector<cv::Mat>& pictures);

// Room between the pictures of a stack.
cv::Mat Room(int height, int width);

// A bar with the colours of the heat map and the values at its ends.
cv::Mat DrawHeatLegend(double low, double high, int width);

}  // namespace onebyone
