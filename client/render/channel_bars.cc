#include "client/render/channel_bars.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/render/canvas.h"

namespace onebyone {
namespace {

constexpr int kLeft = 64;     // room for the numbers of the range
constexpr int kBottom = 64;   // room for channel numbers and the line of the largest
constexpr size_t kNamed = 8;  // largest channels that are named

std::vector<float> ValuesOf(const Activations& vector) {
  std::vector<float> values;
  for (const cv::Mat& channel : vector.channels) values.push_back(channel.at<float>(0, 0));
  return values;
}

std::string LargestChannels(const std::vector<float>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  const size_t count = std::min(kNamed, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(count), order.end(),
                    [&values](size_t a, size_t b) { return values[a] > values[b]; });
  std::string text = "largest:";
  for (size_t i = 0; i < count; ++i) absl::StrAppend(&text, "  ", order[i], " (", ShortNumber(values[order[i]]), ")");
  return text;
}

// The value of [first, last) that is farthest from zero.
float FarthestFromZero(const std::vector<float>& values, size_t first, size_t last) {
  return *std::max_element(values.begin() + static_cast<ptrdiff_t>(first),
                           values.begin() + static_cast<ptrdiff_t>(last),
                           [](float a, float b) { return std::abs(a) < std::abs(b); });
}

}  // namespace

cv::Mat DrawChannelBars(const Activations& vector, cv::Size area) {
  const std::vector<float> values = ValuesOf(vector);
  const double low = std::min(0.0f, *std::min_element(values.begin(), values.end()));
  double high = std::max(0.0f, *std::max_element(values.begin(), values.end()));
  if (!(high > low)) high = low + 1;
  cv::Mat picture(area, CV_8UC3, kBackground);
  const cv::Rect plot(kLeft, 8, area.width - kLeft, area.height - kBottom - 8);
  const auto row_of = [&](double value) {
    return plot.y + static_cast<int>((high - value) / (high - low) * (plot.height - 1) + 0.5);
  };

  const size_t columns = std::min(values.size(), static_cast<size_t>(plot.width));
  for (size_t i = 0; i < columns; ++i) {
    const float value = FarthestFromZero(values, i * values.size() / columns, (i + 1) * values.size() / columns);
    const int left = plot.x + static_cast<int>(i * static_cast<size_t>(plot.width) / columns);
    int right = plot.x + static_cast<int>((i + 1) * static_cast<size_t>(plot.width) / columns);
    if (right - left > 4) right -= 2;  // a gap between wide bars
    const int top = std::min(row_of(value), row_of(0));
    const int bottom = std::max(row_of(value), row_of(0));
    cv::rectangle(picture, cv::Rect(left, top, std::max(1, right - left), bottom - top + 1), cv::Scalar(140, 145, 33),
                  cv::FILLED);
  }

  const TextStyle style = {.height = 10, .color = kMuted};
  cv::line(picture, {plot.x, row_of(0)}, {plot.br().x - 1, row_of(0)}, kFaint);
  for (const double mark : {high, 0.0, low}) {
    if (mark != 0 && std::abs(row_of(mark) - row_of(0)) < 20) continue;
    const std::string label = ShortNumber(mark);
    DrawText(picture, label, {kLeft - 10 - TextWidth(label, style), row_of(mark) - style.height / 2}, style);
  }
  const std::string last = absl::StrCat("channel ", values.size() - 1);
  DrawText(picture, "channel 0", {plot.x, plot.br().y + 8}, style);
  DrawText(picture, last, {plot.br().x - TextWidth(last, style), plot.br().y + 8}, style);
  DrawText(picture, CutText(LargestChannels(values), style, plot.width), {plot.x, plot.br().y + 36}, style);
  return picture;
}

}  // namespace onebyone
