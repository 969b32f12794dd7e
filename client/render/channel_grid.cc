#include "client/render/channel_grid.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/render/canvas.h"

namespace onebyone {
namespace {

constexpr int kLabelledTile = 60;  // from this width on a tile bears its own number
constexpr int kRowLabelWidth = 40;
constexpr int kRowLabelPitch = 16;  // row labels closer than this would touch
constexpr int kSharpCells = 4;      // of fewer pixels, cells that differ by one would show: their edges are smoothed

double ScaleToFit(int count, int gap, int room, int cells) {
  return static_cast<double>(room - gap * (count - 1)) / count / cells;
}

int InterpolationFor(cv::Size cells, cv::Size size) {
  if (size.width < cells.width) return cv::INTER_AREA;
  return size.width < kSharpCells * cells.width ? cv::INTER_LINEAR : cv::INTER_NEAREST;
}

cv::Mat DrawTile(const cv::Mat& channel, cv::Size size) {
  double low = 0;
  double high = 0;
  cv::minMaxLoc(channel, &low, &high);
  const cv::Mat bytes = ScaleToBytes(channel, low, high);
  cv::Mat sized;
  cv::resize(bytes, sized, size, 0, 0, InterpolationFor(channel.size(), size));
  cv::Mat colored;
  cv::applyColorMap(sized, colored, cv::COLORMAP_VIRIDIS);
  return colored;
}

// The number in a corner of the tile, on a shade that keeps it legible.
void LabelTile(cv::Mat& tile, int channel) {
  const TextStyle style = {.height = 8};
  const std::string label = absl::StrCat(channel);
  const cv::Rect shade = cv::Rect(0, 0, TextWidth(label, style) + 8, style.height + 7) & cv::Rect({0, 0}, tile.size());
  tile(shade) *= 0.35;
  DrawText(tile, label, {3, 3}, style);
}

void LabelRows(cv::Mat& picture, const GridPlan& plan, int channels) {
  const int pitch = plan.tile.height + plan.gap;
  const int step = (kRowLabelPitch + pitch - 1) / pitch;
  for (int row = 0; row < plan.rows && row * plan.columns < channels; row += step) {
    const TextStyle style = {.height = 8, .color = kMuted};
    const std::string label = absl::StrCat(row * plan.columns);
    const cv::Rect tile = plan.TileOf(row * plan.columns);
    DrawText(picture, label, {plan.left - 8 - TextWidth(label, style), tile.y + (tile.height - style.height) / 2},
             style);
  }
}

}  // namespace

cv::Rect GridPlan::TileOf(int channel) const {
  const int row = channel / columns;
  const int column = channel % columns;
  return {left + column * (tile.width + gap), row * (tile.height + gap), tile.width, tile.height};
}

cv::Size GridPlan::size() const {
  return {left + columns * (tile.width + gap) - gap, rows * (tile.height + gap) - gap};
}

GridPlan PlanGrid(int channels, cv::Size cells, cv::Size area) {
  GridPlan best;
  double best_scale = 0;
  const int gap = channels > 400 ? 2 : channels > 36 ? 4 : 8;
  for (int columns = 1; columns <= channels; ++columns) {
    const int rows = (channels + columns - 1) / columns;
    const double scale = std::min(ScaleToFit(columns, gap, area.width - kRowLabelWidth, cells.width),
                                  ScaleToFit(rows, gap, area.height, cells.height));
    if (columns > 1 && scale <= best_scale) continue;
    best_scale = scale;
    best.columns = columns;
    best.rows = rows;
  }
  best.tile = {std::max(1, static_cast<int>(cells.width * best_scale)),
               std::max(1, static_cast<int>(cells.height * best_scale))};
  best.gap = gap;
  best.left = best.tile.width >= kLabelledTile ? 0 : kRowLabelWidth;
  return best;
}

cv::Mat DrawChannelGrid(const Activations& activations, cv::Size area) {
  const int channels = std::min(static_cast<int>(activations.channels.size()), kMaxGridChannels);
  const GridPlan plan = PlanGrid(channels, activations.size(), area);
  cv::Mat picture(plan.size(), CV_8UC3, kBackground);
  for (int c = 0; c < channels; ++c) {
    cv::Mat tile = DrawTile(activations.channels[static_cast<size_t>(c)], plan.tile);
    if (plan.left == 0) LabelTile(tile, c);
    Paste(picture, tile, plan.TileOf(c).tl());
  }
  if (plan.left > 0) LabelRows(picture, plan, channels);
  return picture;
}

}  // namespace onebyone
