#include "client/render/view_sheet.h"

#include <algorithm>
#include <new>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/render/activations.h"
#include "client/render/canvas.h"
#include "client/render/channel_bars.h"
#include "client/render/channel_grid.h"
#include "client/render/heat_map.h"
#include "client/render/photograph.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr int kMargin = 40;
constexpr int kHeader = 108;  // title, line below it, room
constexpr int kCaption = 30;  // a caption above a picture
constexpr int kLegend = 46;   // the colour bar with its numbers
constexpr int kSideWidth = 560;
const cv::Size kGridArea(1000, 960);
const cv::Size kBarsArea(1000, 560);
const cv::Size kPhotographArea(kSideWidth, 400);

const TextStyle kTitleStyle = {.height = 24, .bold = true};
const TextStyle kSubtitleStyle = {.height = 12, .color = kMuted};
const TextStyle kCaptionStyle = {.height = 11, .color = kMuted};

std::string ShapeText(const v1::FeatureMap& map) {
  if (map.shape_size() == 1) return absl::StrCat("vector of ", map.shape(0), " channels");
  std::string text = absl::StrCat(map.shape(0), map.shape(0) == 1 ? " channel of " : " channels of ", map.shape(1),
                                  " x ", map.shape(2), " cells");
  if (map.has_geometry()) {
    absl::StrAppend(&text,
                    absl::StrFormat(", stride %g, each sees %g x %g pixels", map.geometry().stride_y(),
                                    map.geometry().receptive_field_height(), map.geometry().receptive_field_width()));
  }
  return text;
}

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

// A bar with the colours of the heat map and the values at its ends.
cv::Mat DrawLegend(double low, double high, int width) {
  cv::Mat picture(kLegend, width, CV_8UC3, kBackground);
  cv::Mat ramp(10, width, CV_8U);
  for (int x = 0; x < width; ++x) ramp.col(x).setTo(x * 255 / std::max(1, width - 1));
  cv::Mat colors;
  cv::applyColorMap(ramp, colors, cv::COLORMAP_INFERNO);
  Paste(picture, colors, {0, 10});
  const std::string right = ShortNumber(high);
  DrawText(picture, ShortNumber(low), {0, 28}, kCaptionStyle);
  DrawText(picture, right, {width - TextWidth(right, kCaptionStyle), 28}, kCaptionStyle);
  return picture;
}

cv::Mat UnderCaption(const std::string& caption, const cv::Mat& picture) {
  cv::Mat both(picture.rows + kCaption, std::max(picture.cols, kSideWidth), CV_8UC3, kBackground);
  DrawText(both, CutText(caption, kCaptionStyle, both.cols), {0, 2}, kCaptionStyle);
  Paste(both, picture, {0, kCaption});
  return both;
}

// The pictures from top to bottom, as wide as the widest.
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

// The photograph, and under it the heat map unless the layer lies nowhere on it.
absl::StatusOr<cv::Mat> DrawSide(const cv::Mat& photograph, const Activations& activations, const v1::FeatureMap& map,
                                 const ViewCaption& caption) {
  const cv::Mat fitted = FitInto(photograph, kPhotographArea);
  std::vector<cv::Mat> pictures = {
      UnderCaption(absl::StrCat(caption.image_name, ", ", photograph.cols, " x ", photograph.rows), fitted)};
  if (activations.is_vector) return Stack(pictures);

  RETURN_IF_ERROR(CheckGeometry(map.geometry()));
  const cv::Mat mean = MeanMagnitude(activations);
  double low = 0;
  double high = 0;
  cv::minMaxLoc(mean, &low, &high);
  cv::Mat heat = cv::Mat::zeros(mean.size(), CV_32F);
  if (high > low) mean.convertTo(heat, CV_32F, 1 / (high - low), -low / (high - low));
  const cv::Mat overlaid = DrawHeatMap(fitted, heat, PlaceMap(map.geometry(), mean.size(), fitted.size()));
  pictures.push_back(cv::Mat(kMargin - 12, kSideWidth, CV_8UC3, kBackground));
  pictures.push_back(UnderCaption("mean |activation|; plain where no cell lies", overlaid));
  pictures.push_back(DrawLegend(low, high, overlaid.cols));
  return Stack(pictures);
}

absl::StatusOr<cv::Mat> DrawSheet(const cv::Mat& photograph, const v1::FeatureMap& map, const ViewCaption& caption) {
  ASSIGN_OR_RETURN(const Activations activations, ActivationsOf(map));
  ASSIGN_OR_RETURN(const cv::Mat side, DrawSide(photograph, activations, map, caption));
  const cv::Mat grid =
      UnderCaption(GridCaption(activations), activations.is_vector ? DrawChannelBars(activations, kBarsArea)
                                                                   : DrawChannelGrid(activations, kGridArea));
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
  try {
    ASSIGN_OR_RETURN(const cv::Mat sheet, DrawSheet(decoded, map, caption));
    std::vector<uint8_t> png;
    if (!cv::imencode(".png", sheet, png)) return absl::InternalError("view: the picture cannot be encoded as PNG");
    return std::string(png.begin(), png.end());
  } catch (const cv::Exception& error) {
    return absl::InternalError(absl::StrCat("view: ", error.what()));
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("view: no memory for the picture");
  }
}

}  // namespace onebyone
