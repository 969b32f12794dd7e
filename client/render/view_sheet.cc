#include "client/render/view_sheet.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/render/activations.h"
#include "client/render/canvas.h"
#include "client/render/channel_bars.h"
#include "client/render/channel_grid.h"
#include "client/render/drawing.h"
#include "client/render/heat_map.h"
#include "client/render/layer_view.h"
#include "client/render/photograph.h"
#include "client/render/picture_stack.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr int kMargin = 40;
constexpr int kHeader = 108;  // title, line below it, room
constexpr int kSideWidth = 560;
const cv::Size kGridArea(1000, 960);
const cv::Size kBarsArea(1000, 560);
const cv::Size kPhotographArea(kSideWidth, 400);

std::string Subtitle(const v1::FeatureMap& map, const ViewCaption& caption) {
  std::string text = absl::StrCat(caption.model, " version ", caption.version, "   |   ", ShapeText(map));
  if (map.has_explained_variance()) {
    absl::StrAppend(&text, absl::StrFormat("   |   %.1f %% of the variance", 100 * map.explained_variance()));
  }
  return text;
}

std::string GridCaption(const Activations& activations) {
  const size_t channels = activations.channels.size();
  if (activations.is_vector) return "value of each channel";
  const std::string scaling = "each channel from its smallest value (dark) to its largest (bright)";
  if (channels <= static_cast<size_t>(kMaxGridChannels)) return scaling;
  return absl::StrCat("the first ", kMaxGridChannels, " of ", channels, " channels; ", scaling);
}

// The photograph, and under it the heat map unless the layer lies nowhere on it.
absl::StatusOr<cv::Mat> DrawSide(const cv::Mat& photograph, const Activations& activations, const v1::FeatureMap& map,
                                 const ViewCaption& caption) {
  const cv::Mat fitted = FitInto(photograph, kPhotographArea);
  std::vector<cv::Mat> pictures = {UnderCaption(
      absl::StrCat(caption.image_name, ", ", photograph.cols, " x ", photograph.rows), fitted, kSideWidth)};
  if (activations.is_vector) return Stack(pictures);

  ASSIGN_OR_RETURN(const v1::Geometry geometry, GeometryOfCells(map.geometry(), activations.size()));
  const Heat heat = HeatOf(activations);
  const cv::Mat overlaid = DrawHeatMap(fitted, heat.cells, PlaceMap(geometry, heat.cells.size(), fitted.size()));
  pictures.push_back(Room(kMargin - 12, kSideWidth));
  pictures.push_back(UnderCaption("mean |activation|; plain where no cell lies", overlaid, kSideWidth));
  pictures.push_back(DrawHeatLegend(heat.low, heat.high, overlaid.cols));
  return Stack(pictures);
}

absl::StatusOr<cv::Mat> DrawSheet(const cv::Mat& photograph, const v1::FeatureMap& map, const ViewCaption& caption) {
  ASSIGN_OR_RETURN(const Activations activations, ActivationsOf(map));
  ASSIGN_OR_RETURN(const cv::Mat side, DrawSide(photograph, activations, map, caption));
  const cv::Mat grid = UnderCaption(
      GridCaption(activations),
      activations.is_vector ? DrawChannelBars(activations, kBarsArea) : DrawChannelGrid(activations, kGridArea),
      kSideWidth);
  const cv::Size size(kMargin + grid.cols + kMargin + side.cols + kMargin,
                      kHeader + std::max(grid.rows, side.rows) + kMargin);
  cv::Mat sheet(size, CV_8UC3, kBackground);
  const int text_width = size.width - 2 * kMargin;
  DrawText(sheet, CutText(map.layer(), kTitleStyle, text_width), {kMargin, 30}, kTitleStyle);
  DrawText(sheet, CutText(Subtitle(map, caption), kSubtitleStyle, text_width), {kMargin, 74}, kSubtitleStyle);
  Paste(sheet, grid, {kMargin, kHeader});
  Paste(sheet, side, {kMargin + grid.cols + kMargin, kHeader});
  return sheet;
}

}  // namespace

absl::StatusOr<std::string> DrawViewSheet(absl::string_view photograph, const v1::FeatureMap& map,
                                          const ViewCaption& caption) {
  ASSIGN_OR_RETURN(const cv::Mat decoded, DecodePhotograph(photograph));
  return EncodeDrawing("view", ".png", [&] { return DrawSheet(decoded, map, caption); });
}

}  // namespace onebyone
