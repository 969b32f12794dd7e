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

// A name with what is to be said of it, and the pictures under it, which begin at one height in a row of panels.
struct Panel {
  cv::Mat head;
  cv::Mat body;
};

cv::Mat DrawHead(const std::string& name, const std::vector<std::string>& texts) {
  cv::Mat title = Room(28, kPanelWidth);
  DrawText(title, CutText(name, kNameStyle, kPanelWidth), {0, 4}, kNameStyle);
  std::vector<cv::Mat> lines = {title};
  for (const std::string& text : texts) {
    for (const std::string& line : WrapText(text, kCaptionStyle, kPanelWidth))
      lines.push_back(TextLine(line, kPanelWidth));
  }
  lines.push_back(Room(6, kPanelWidth));
  return Stack(lines);
}

Panel ActivationPanel(const cv::Mat& photograph, const LayerView& layer, const Activations& activations,
                      const MapPlacement& placement) {
  const Heat heat = HeatOf(activations);
  return {.head = DrawHead(layer.map.layer(), {ShapeText(layer.map), "mean |activation|"}),
          .body = Stack({DrawHeatMap(photograph, heat.cells, placement),
                         DrawHeatLegend(heat.low, heat.high, photograph.cols), Room(kGap / 2, kPanelWidth),
                         UnderCaption("channels, each scaled to its own range", DrawChannelGrid(activations, kGridArea),
                                      kPanelWidth)})};
}

absl::StatusOr<Panel> ComponentPanel(const cv::Mat& photograph, const LayerView& layer, const Activations& activations,
                                     const MapPlacement& placement) {
  ASSIGN_OR_RETURN(const Components components, ComponentsOf(layer, activations));
  const cv::Mat colors = ComponentColors(components.maps);
  return Panel{.head = DrawHead(layer.map.layer(), {ShapeText(layer.map), components.source}),
               .body = Stack({DrawComponentMap(photograph, colors, placement, kOverPhotograph),
                              Room(kGap / 2, kPanelWidth), DrawComponentMap(photograph, colors, placement, kAlone)})};
}

absl::StatusOr<Panel> DrawPanel(const cv::Mat& photograph, const LayerView& layer, LayerLook look) {
  ASSIGN_OR_RETURN(const Activations activations, ActivationsOf(layer.map));
  if (activations.is_vector) {
    return Panel{.head = DrawHead(layer.map.layer(), {ShapeText(layer.map), "value of each channel"}),
                 .body = DrawChannelBars(activations, kBarsArea)};
  }
  ASSIGN_OR_RETURN(const v1::Geometry geometry, GeometryOfCells(layer.map.geometry(), activations.size()));
  const MapPlacement placement = PlaceMap(geometry, activations.size(), photograph.size());
  if (look == LayerLook::kComponents) return ComponentPanel(photograph, layer, activations, placement);
  return ActivationPanel(photograph, layer, activations, placement);
}

// The panels row by row under the title.
cv::Mat Arrange(const std::vector<Panel>& panels, const std::string& title, const std::string& subtitle) {
  const size_t columns = std::min(panels.size(), kMaxColumns);
  const int pitch = kPanelWidth + kGap;
  const int width = 2 * kMargin + static_cast<int>(columns) * pitch - kGap;
  std::vector<cv::Mat> rows = {Room(kHeader, width)};
  DrawText(rows[0], CutText(title, kTitleStyle, width - 2 * kMargin), {kMargin, 30}, kTitleStyle);
  DrawText(rows[0], CutText(subtitle, kSubtitleStyle, width - 2 * kMargin), {kMargin, 74}, kSubtitleStyle);
  for (size_t begin = 0; begin < panels.size(); begin += columns) {
    const size_t end = std::min(panels.size(), begin + columns);
    int head = 0;
    int body = 0;
    for (size_t i = begin; i < end; ++i) {
      head = std::max(head, panels[i].head.rows);
      body = std::max(body, panels[i].body.rows);
    }
    cv::Mat& row = rows.emplace_back(Room(head + body + kMargin, width));
    for (size_t i = begin; i < end; ++i) {
      const int left = kMargin + static_cast<int>(i - begin) * pitch;
      Paste(row, panels[i].head, {left, 0});
      Paste(row, panels[i].body, {left, head});
    }
  }
  return Stack(rows);
}

absl::StatusOr<cv::Mat> DrawSheet(const cv::Mat& photograph, const std::vector<LayerView>& layers, LayerLook look,
                                  const ViewCaption& caption) {
  const cv::Mat fitted = FitInto(photograph, kPictureArea);
  std::vector<Panel> panels = {
      {.head = DrawHead(caption.image_name, {absl::StrCat(photograph.cols, " x ", photograph.rows, " pixels")}),
       .body = fitted}};
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
