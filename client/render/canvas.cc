#include "client/render/canvas.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace onebyone {
namespace {

constexpr int kOversampling = 4;       // the font's strokes are drawn so much larger, for smooth edges
constexpr double kCapitalHeight = 21;  // of the font at scale 1
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;

std::string AsciiOnly(const std::string& text) {
  std::string ascii;
  for (const char c : text) {
    const bool continued = (c & 0xc0) == 0x80;
    if (!continued) ascii.push_back(c >= ' ' && c <= '~' ? c : '?');
  }
  return ascii;
}

double ScaleOf(const TextStyle& style) { return style.height / kCapitalHeight * kOversampling; }

int ThicknessOf(const TextStyle& style) {
  const double share = style.bold ? 0.16 : 0.105;  // of the capital height
  return std::max(1, static_cast<int>(style.height * kOversampling * share + 0.5));
}

// How much of each pixel the text covers, 0..255, with a rim that holds strokes and descenders.
cv::Mat CoverageOf(const std::string& ascii, const TextStyle& style, int rim) {
  int baseline = 0;
  const cv::Size size = cv::getTextSize(ascii, kFont, ScaleOf(style), ThicknessOf(style), &baseline);
  const int width = size.width / kOversampling + 2 * rim + 1;
  const int height = style.height + 2 * rim;
  cv::Mat large = cv::Mat::zeros(height * kOversampling, width * kOversampling, CV_8U);
  const cv::Point origin(rim * kOversampling, (rim + style.height) * kOversampling);
  cv::putText(large, ascii, origin, kFont, ScaleOf(style), cv::Scalar(255), ThicknessOf(style), cv::LINE_AA);
  cv::Mat coverage;
  cv::resize(large, coverage, {width, height}, 0, 0, cv::INTER_AREA);
  return coverage;
}

}  // namespace

int TextWidth(const std::string& text, const TextStyle& style) {
  int baseline = 0;
  return cv::getTextSize(AsciiOnly(text), kFont, ScaleOf(style), ThicknessOf(style), &baseline).width / kOversampling;
}

std::string CutText(const std::string& text, const TextStyle& style, int width) {
  std::string ascii = AsciiOnly(text);
  if (TextWidth(ascii, style) <= width) return ascii;
  while (!ascii.empty() && TextWidth(absl::StrCat(ascii, "..."), style) > width) ascii.pop_back();
  return absl::StrCat(ascii, "...");
}

std::vector<std::string> WrapText(const std::string& text, const TextStyle& style, int width) {
  std::vector<std::string> lines;
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const std::string longer = lines.empty() ? "" : absl::StrCat(lines.back(), " ", word);
    if (lines.empty() || TextWidth(longer, style) > width) {
      lines.emplace_back(word);
    } else {
      lines.back() = longer;
    }
  }
  return lines;
}

void DrawText(cv::Mat& canvas, const std::string& text, cv::Point at, const TextStyle& style) {
  const std::string ascii = AsciiOnly(text);
  if (ascii.empty()) return;
  const int rim = style.height / 2 + 2;
  const cv::Mat coverage = CoverageOf(ascii, style, rim);
  const cv::Rect wanted(at - cv::Point(rim, rim), coverage.size());
  const cv::Rect visible = wanted & cv::Rect({0, 0}, canvas.size());
  for (int y = visible.y; y < visible.br().y; ++y) {
    for (int x = visible.x; x < visible.br().x; ++x) {
      const double share = coverage.at<uint8_t>(y - wanted.y, x - wanted.x) / 255.0;
      auto& pixel = canvas.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c) pixel[c] = cv::saturate_cast<uint8_t>(pixel[c] + share * (style.color[c] - pixel[c]));
    }
  }
}

void Paste(cv::Mat& canvas, const cv::Mat& picture, cv::Point at) {
  picture.copyTo(canvas(cv::Rect(at, picture.size())));
}

std::string ShortNumber(double value) { return absl::StrFormat("%.3g", value); }

}  // namespace onebyone
