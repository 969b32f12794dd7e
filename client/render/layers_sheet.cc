#include "client/render/layers_sheet.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/render/canvas.h"
#include "client/render/channel_bars.h"
#include "client/render/channel_grid.h"
#include "client/render/components.h"
#include "client/render/drawing.h"
#include "client/render/heat_map.h"
#include "client/render/photograph.h"
#include "client/render/picture_stack.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr int kMargin = 40;
constexpr int kGap = 32;
constexpr int kHeader = 108;
constexpr int kPanelWidth = 440;
constexpr size_t kMaxColumns = 4;
const cv::Size kPictureArea(kPanelWidth, 440);
const cv::Size kBarsArea(kPanelWidth, 300);
const cv::Size kGridArea(kPanelWidth, 440);

const TextStyle kNameStyle = {.height = 14, .bold = true};

std::vector<cv::Mat> ActivationPictures(const cv::Mat& photograph, const Activations& activations,
                                        const MapPlacement& placement) {
  const Heat heat = HeatOf(activations);
  return {UnderCaption("mean |activation|", DrawHeatMap(photograph, heat.cells, placement), kPanelWidth),
          DrawHeatLegend(heat.low, heat.high, photograph.cols), Room(kGap / 2, kPanelWidth),
          UnderCaption("channels, each scaled to its own range", DrawChannelGrid(activations, kGridArea), kPanelWidth)};
}

absl::StatusOr<std::vector<cv::Mat>> ComponentPictures(const cv::Mat& photograph, const LayerView& layer,
                                                       const Activations& activations, const MapPlacement& placement) {
  ASSIGN_OR_RETURN(const Components components, ComponentsOf(layer, activations));
  const cv::Mat colors = ComponentColors(components.maps);
  std::vector<cv::Mat> pictures;
  for (const std::string& line : WrapText(components.source, kCaptionStyle, kPanelWidth)) {
    pictures.push_back(TextLine(line, kPanelWidth));
  }
  pictures.push_back(DrawComponentMap(photograph, colors, placement, kOverPhotograph));
  pictures.push_back(Room(kGap / 2, kPanelWidth));
  pictures.push_back(DrawComponentMap(photograph, colors, placement, kAlone));
  return pictures;
}

absl::StatusOr<cv::Mat> DrawPanel(const cv::Mat& photograph, const LayerView& layer, LayerLook look) {
  ASSIGN_OR_RETURN(const Activations activations, ActivationsOf(layer.map));
  cv::Mat title = Room(28, kPanelWidth);
  DrawText(title, CutText(layer.map.layer(), kNameStyle, kPanelWidth), {0, 4}, kNameStyle);
  std::vector<cv::Mat> pictures = {title, TextLine(ShapeText(layer.map), kPanelWidth)};
  if (activations.is_vector) {
    pictures.push_back(UnderCaption("value of each channel", DrawChannelBars(activations, kBarsArea), kPanelWidth));
    return Stack(pictures);
  }
  ASSIGN_OR_RETURN(const v1::Geometry geometry, GeometryOfCells(layer.map.geometry(), activations.size()));
  const MapPlacement placement = PlaceMap(geometry, activations.size(), photograph.size());
  std::vector<cv::Mat> drawn;
  if (look == LayerLook::kActivation) {
    drawn = ActivationPictures(photograph, activations, placement);
  } else {
    ASSIGN_OR_RETURN(drawn, ComponentPictures(photograph, layer, activations, placement));
  }
  pictures.insert(pictures.end(), drawn.begin(), drawn.end());
  return Stack(pictures);
}

cv::Mat PhotographPanel(const cv::Mat& photograph, const cv::Mat& fitted, const ViewCaption& caption) {
  cv::Mat title = Room(28, kPanelWidth);
  DrawText(title, CutText(caption.image_name, kNameStyle, kPanelWidth), {0, 4}, kNameStyle);
  return Stack(
      {title, UnderCaption(absl::StrCat(photograph.cols, " x ", photograph.rows, " pixels"), fitted, kPanelWidth)});
}

// The panels row by row under the title.
cv::Mat Arrange(const std::vector<cv::Mat>& panels, const std::string& title, const std::string& subtitle) {
  const size_t columns = std::min(panels.size(), kMaxColumns);
  const size_t rows = (panels.size() + columns - 1) / columns;
  std::vector<int> tops = {kHeader};
  for (size_t row = 0; row < rows; ++row) {
    int height = 0;
    for (size_t i = row * columns; i < std::min(panels.size(), (row + 1) * columns); ++i) {
      height = std::max(height, panels[i].rows);
    }
    tops.push_back(tops.back() + height + kMargin);
  }
  const int pitch = kPanelWidth + kGap;
  cv::Mat sheet = Room(tops.back(), 2 * kMargin + static_cast<int>(columns) * pitch - kGap);
  const int text_width = sheet.cols - 2 * kMargin;
  DrawText(sheet, CutText(title, kTitleStyle, text_width), {kMargin, 30}, kTitleStyle);
  DrawText(sheet, CutText(subtitle, kSubtitleStyle, text_width), {kMargin, 74}, kSubtitleStyle);
  for (size_t i = 0; i < panels.size(); ++i) {
    Paste(sheet, panels[i], {kMargin + static_cast<int>(i % columns) * pitch, tops[i / columns]});
  }
  return sheet;
}

absl::StatusOr<cv::Mat> DrawSheet(const cv::Mat& photograph, const std::vector<LayerView>& layers, LayerLook look,
                                  const ViewCaption& caption) {
  const cv::Mat fitted = FitInto(photograph, kPictureArea);
  std::vector<cv::Mat> panels = {PhotographPanel(photograph, fitted, caption)};
  for (const LayerView& layer : layers) {
    ASSIGN_OR_RETURN(panels.emplace_back(), DrawPanel(fitted, layer, look));
  }
  const std::string what = look == LayerLook::kActivation ? "where the layers are active"
                                                          : "first, second and third component as red, green and blue";
  return Arrange(panels, layers.size() == 1 ? layers[0].map.layer() : absl::StrCat(layers.size(), " layers"),
                 absl::StrCat(caption.model, " version ", caption.version, "   |   ", what));
}

}  // namespace

absl::StatusOr<std::string> DrawLayersSheet(absl::string_view photograph, const std::vector<LayerView>& layers,
                                            LayerLook look, const ViewCaption& caption) {
  if (layers.empty() || layers.size() > kMaxSheetLayers) {
    return absl::InvalidArgumentError(absl::StrCat("layers: want 1 to ", kMaxSheetLayers, " on a sheet, got ",
                                                   layers.size(), "; a page (--html) takes any number"));
  }
  ASSIGN_OR_RETURN(const cv::Mat decoded, DecodePhotograph(photograph));
  return EncodeDrawing("view", ".png", [&] { return DrawSheet(decoded, layers, look, caption); });
}

}  // namespace onebyone
