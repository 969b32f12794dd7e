#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

namespace onebyone {

// The sheet's colours, BGR.
inline const cv::Scalar kBackground(30, 24, 22);
inline const cv::Scalar kBright(245, 240, 236);
inline const cv::Scalar kMuted(168, 156, 150);
inline const cv::Scalar kFaint(92, 82, 78);

struct TextStyle {
  int height = 14;  // of a capital letter, in pixels
  cv::Scalar color = kBright;
  bool bold = false;
};

// Width of `text` in pixels. The font knows ASCII; each other character is drawn as '?'.
int TextWidth(const std::string& text, const TextStyle& style);

// `text` with its longest beginning that fits into `width` pixels, and "..." behind it, where it is wider.
std::string CutText(const std::string& text, const TextStyle& style, int width);

// `text` in lines that fit into `width` pixels, broken at its spaces; a word that is wider has a line of its own.
std::vector<std::string> WrapText(const std::string& text, const TextStyle& style, int width);

// Draws `text` into `canvas` (8-bit BGR) with the upper left corner of its capitals at `at`; what is outside is cut.
void DrawText(cv::Mat& canvas, const std::string& text, cv::Point at, const TextStyle& style);

// Copies `picture` into `canvas` with its upper left corner at `at`. REQUIRES: it fits.
void Paste(cv::Mat& canvas, const cv::Mat& picture, cv::Point at);

// "0.00123" or "1.2e+07": a number in a caption.
std::string ShortNumber(double value);

}  // namespace onebyone
