#include "client/render/layer_page.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/substitute.h"
#include "client/render/channel_bars.h"
#include "client/render/components.h"
#include "client/render/drawing.h"
#include "client/render/heat_map.h"
#include "client/render/html.h"
#include "client/render/map_placement.h"
#include "client/render/page_parts.h"
#include "client/render/photograph.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr int kPhotographSide = 1024;  // the page's copy of the photograph is no larger
constexpr int kMaxCells = 512;         // a larger map is drawn smaller
const cv::Size kBarsArea(440, 260);

std::string PlaceJson(const v1::Geometry& geometry, cv::Size cells) {
  return absl::StrFormat(
      R"({"rows":%d,"columns":%d,"stride":[%.17g,%.17g],"offset":[%.17g,%.17g],"field":[%.17g,%.17g],"input":[%d,%d],)"
      R"("scale":[%.17g,%.17g],"origin":[%.17g,%.17g]})",
      cells.height, cells.width, geometry.stride_y(), geometry.stride_x(), geometry.offset_y(), geometry.offset_x(),
      geometry.receptive_field_height(), geometry.receptive_field_width(), geometry.input_height(),
      geometry.input_width(), geometry.input_to_image_yy(), geometry.input_to_image_xx(), geometry.input_to_image_y0(),
      geometry.input_to_image_x0());
}

// One pixel a cell as a data URI.
absl::StatusOr<std::string> CellsUri(const cv::Mat& cells) {
  ASSIGN_OR_RETURN(const std::string png, EncodeDrawing("page", ".png", [&]() -> absl::StatusOr<cv::Mat> {
                     const double shrink =
                         std::min(1.0, static_cast<double>(kMaxCells) / std::max(cells.cols, cells.rows));
                     cv::Mat bytes;
                     cells.convertTo(bytes, CV_8U);
                     if (shrink < 1) cv::resize(bytes, bytes, {}, shrink, shrink, cv::INTER_AREA);
                     return bytes;
                   }));
  return DataUri("image/png", png);
}

std::string CardStart(const LayerView& layer, absl::string_view place) {
  return absl::StrCat("<li class=\"layer\"",
                      place.empty() ? "" : absl::StrCat(" data-place=\"", EscapeHtml(place), "\""), ">\n<h2>",
                      EscapeHtml(layer.map.layer()), "</h2>\n<p>", EscapeHtml(ShapeText(layer.map)), "</p>\n");
}

absl::StatusOr<std::string> VectorCard(const LayerView& layer, const Activations& activations) {
  ASSIGN_OR_RETURN(const std::string png, EncodeDrawing("page", ".png", [&]() -> absl::StatusOr<cv::Mat> {
                     return DrawChannelBars(activations, kBarsArea);
                   }));
  return absl::Substitute(
      "$0<img class=\"bars\" width=\"$1\" height=\"$2\" alt=\"The value of each channel of $3 as a bar\" "
      "src=\"$4\">\n</li>\n",
      CardStart(layer, ""), kBarsArea.width, kBarsArea.height, EscapeHtml(layer.map.layer()),
      DataUri("image/png", png));
}

absl::StatusOr<std::string> MapCard(const LayerView& layer, const Activations& activations) {
  ASSIGN_OR_RETURN(const v1::Geometry geometry, GeometryOfCells(layer.map.geometry(), activations.size()));
  ASSIGN_OR_RETURN(const Components components, ComponentsOf(layer, activations));
  ASSIGN_OR_RETURN(const std::string colors, CellsUri(ComponentColors(components.maps)));
  ASSIGN_OR_RETURN(const std::string heat, CellsUri(HeatColors(HeatOf(activations).cells)));
  const cv::Size cells = activations.size();
  return absl::Substitute(
      "$0<div class=\"map\" tabindex=\"0\" role=\"group\" aria-label=\"Cells of $1: the arrow keys move from one to "
      "the "
      "next\">\n"
      "<img class=\"components\" width=\"$2\" height=\"$3\" alt=\"Three components of $1 as red, green and blue\" "
      "src=\"$4\">\n"
      "<img class=\"heat\" width=\"$2\" height=\"$3\" alt=\"Mean activation of $1, dark to bright\" src=\"$5\">\n"
      "<span class=\"mark\" hidden></span></div>\n<p class=\"source\">Red, green, blue: $6.</p>\n</li>\n",
      CardStart(layer, PlaceJson(geometry, cells)), EscapeHtml(layer.map.layer()), cells.width, cells.height, colors,
      heat, EscapeHtml(components.source));
}

}  // namespace

absl::StatusOr<LayerPage> LayerPage::Create(absl::string_view photograph, const ViewCaption& caption) {
  ASSIGN_OR_RETURN(const cv::Mat decoded, DecodePhotograph(photograph));
  LayerPage page;
  page.caption_ = caption;
  page.width_ = decoded.cols;
  page.height_ = decoded.rows;
  ASSIGN_OR_RETURN(const std::string jpeg, EncodeDrawing("page", ".jpg", [&]() -> absl::StatusOr<cv::Mat> {
                     if (std::max(decoded.cols, decoded.rows) <= kPhotographSide) return decoded;
                     return FitInto(decoded, {kPhotographSide, kPhotographSide});
                   }));
  page.photograph_ = DataUri("image/jpeg", jpeg);
  return page;
}

absl::Status LayerPage::Add(const LayerView& layer) {
  ASSIGN_OR_RETURN(const Activations activations, ActivationsOf(layer.map));
  ASSIGN_OR_RETURN(const std::string card,
                   activations.is_vector ? VectorCard(layer, activations) : MapCard(layer, activations));
  cards_ += card;
  ++layers_;
  return absl::OkStatus();
}

std::string LayerPage::ToHtml() const {
  const std::string count = absl::StrCat(layers_, layers_ == 1 ? " layer" : " layers");
  return absl::StrCat(
      absl::Substitute(kPageStart, EscapeHtml(caption_.image_name), EscapeHtml(caption_.model), kPageStyle, width_,
                       height_, count, caption_.version, photograph_, layers_, cards_),
      kPageScript, "</script>\n</body>\n</html>\n");
}

}  // namespace onebyone
