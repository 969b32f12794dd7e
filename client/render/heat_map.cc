#include "client/render/heat_map.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

constexpr double kColdest = 0.45;  // how much the colour covers the photograph where there is no heat
constexpr double kHottest = 0.80;

absl::Status CheckAboveZero(absl::string_view name, double value) {
  if (std::isfinite(value) && value > 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("geometry: ", name, ": want a number above 0, got ", value));
}

absl::Status CheckFinite(absl::string_view name, double value) {
  if (std::isfinite(value)) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("geometry: ", name, ": want a finite number, got ", value));
}

// One axis: `to_image`, `image_origin` from the network's input to the original picture, `shrink` = drawn pixels /
// original pixels.
CellAxis AxisOf(double to_image, double image_origin, double shrink, double stride, double offset) {
  // A drawn pixel's middle lies on the original at (pixel + 0.5) / shrink - 0.5.
  const double image_shift = 0.5 / shrink - 0.5;
  return {.scale = 1 / (shrink * to_image * stride),
          .shift = ((image_shift - image_origin) / to_image - offset) / stride};
}

// The first pixel and the one behind the last whose middles lie between two cells' coordinates, within [0, extent).
std::pair<int, int> PixelsBetween(const CellAxis& axis, double first_cell, double last_cell, int extent) {
  const auto limit = static_cast<double>(extent);
  const double begin = std::clamp(std::ceil(axis.PixelAt(first_cell)), 0.0, limit);
  const double end = std::clamp(std::floor(axis.PixelAt(last_cell)) + 1, begin, limit);
  return {static_cast<int>(begin), static_cast<int>(end)};
}

// The covered pixels of one axis: of cells 0 to cells - 1 with their borders, cut to the network's input of `input`
// pixels.
std::pair<int, int> Covered(const CellAxis& axis, int cells, double stride, double offset, int input, int extent) {
  const double first = std::max(-0.5, (-0.5 - offset) / stride);
  const double last = std::min(cells - 0.5, (input - 0.5 - offset) / stride);
  return PixelsBetween(axis, first, last, extent);
}

}  // namespace

absl::Status CheckGeometry(const v1::Geometry& geometry) {
  RETURN_IF_ERROR(CheckAboveZero("stride_y", geometry.stride_y()));
  RETURN_IF_ERROR(CheckAboveZero("stride_x", geometry.stride_x()));
  RETURN_IF_ERROR(CheckAboveZero("input_to_image_xx", geometry.input_to_image_xx()));
  RETURN_IF_ERROR(CheckAboveZero("input_to_image_yy", geometry.input_to_image_yy()));
  RETURN_IF_ERROR(CheckAboveZero("input_height", geometry.input_height()));
  RETURN_IF_ERROR(CheckAboveZero("input_width", geometry.input_width()));
  RETURN_IF_ERROR(CheckAboveZero("image_height", geometry.image_height()));
  RETURN_IF_ERROR(CheckAboveZero("image_width", geometry.image_width()));
  RETURN_IF_ERROR(CheckFinite("offset_y", geometry.offset_y()));
  RETURN_IF_ERROR(CheckFinite("offset_x", geometry.offset_x()));
  RETURN_IF_ERROR(CheckFinite("input_to_image_x0", geometry.input_to_image_x0()));
  return CheckFinite("input_to_image_y0", geometry.input_to_image_y0());
}

MapPlacement PlaceMap(const v1::Geometry& geometry, cv::Size cells, cv::Size size) {
  MapPlacement placement;
  placement.x =
      AxisOf(geometry.input_to_image_xx(), geometry.input_to_image_x0(),
             static_cast<double>(size.width) / geometry.image_width(), geometry.stride_x(), geometry.offset_x());
  placement.y =
      AxisOf(geometry.input_to_image_yy(), geometry.input_to_image_y0(),
             static_cast<double>(size.height) / geometry.image_height(), geometry.stride_y(), geometry.offset_y());
  const auto [left, right] =
      Covered(placement.x, cells.width, geometry.stride_x(), geometry.offset_x(), geometry.input_width(), size.width);
  const auto [top, bottom] = Covered(placement.y, cells.height, geometry.stride_y(), geometry.offset_y(),
                                     geometry.input_height(), size.height);
  placement.covered = cv::Rect(left, top, right - left, bottom - top);
  return placement;
}

cv::Mat DrawHeatMap(const cv::Mat& photograph, const cv::Mat& heat, const MapPlacement& placement) {
  cv::Mat picture = photograph.clone();
  const cv::Rect& covered = placement.covered;
  if (covered.empty()) return picture;

  cv::Mat column(covered.size(), CV_32F);
  cv::Mat row(covered.size(), CV_32F);
  for (int y = 0; y < covered.height; ++y) {
    row.row(y).setTo(placement.y.CellAt(covered.y + y));
  }
  for (int x = 0; x < covered.width; ++x) {
    column.col(x).setTo(placement.x.CellAt(covered.x + x));
  }
  cv::Mat smooth;
  cv::remap(heat, smooth, column, row, cv::INTER_LINEAR, cv::BORDER_REPLICATE);

  cv::Mat bytes;
  smooth.convertTo(bytes, CV_8U, 255);
  cv::Mat colors;
  cv::applyColorMap(bytes, colors, cv::COLORMAP_INFERNO);
  cv::Mat gray;  // the photograph's own colours would mix with those of the heat
  cv::cvtColor(picture(covered), gray, cv::COLOR_BGR2GRAY);
  for (int y = 0; y < covered.height; ++y) {
    for (int x = 0; x < covered.width; ++x) {
      const double share = kColdest + (kHottest - kColdest) * std::clamp(smooth.at<float>(y, x), 0.0f, 1.0f);
      const double level = gray.at<uint8_t>(y, x);
      const cv::Vec3b& color = colors.at<cv::Vec3b>(y, x);
      auto& pixel = picture.at<cv::Vec3b>(covered.y + y, covered.x + x);
      for (int c = 0; c < 3; ++c) pixel[c] = cv::saturate_cast<uint8_t>(level + share * (color[c] - level));
    }
  }
  return picture;
}

}  // namespace onebyone
