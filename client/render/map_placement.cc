#include "client/render/map_placement.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

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
  RETURN_IF_ERROR(CheckFinite("receptive_field_height", geometry.receptive_field_height()));
  RETURN_IF_ERROR(CheckFinite("receptive_field_width", geometry.receptive_field_width()));
  RETURN_IF_ERROR(CheckFinite("input_to_image_x0", geometry.input_to_image_x0()));
  return CheckFinite("input_to_image_y0", geometry.input_to_image_y0());
}

absl::StatusOr<v1::Geometry> GeometryOfCells(v1::Geometry geometry, cv::Size cells) {
  if (cells.height == 1 && geometry.stride_y() == 0) {
    geometry.set_stride_y(geometry.input_height());
    geometry.set_offset_y((geometry.input_height() - 1) / 2.0);
  }
  if (cells.width == 1 && geometry.stride_x() == 0) {
    geometry.set_stride_x(geometry.input_width());
    geometry.set_offset_x((geometry.input_width() - 1) / 2.0);
  }
  RETURN_IF_ERROR(CheckGeometry(geometry));
  return geometry;
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

cv::Mat SmoothCells(const cv::Mat& cells, const MapPlacement& placement) {
  const cv::Rect& covered = placement.covered;
  cv::Mat column(covered.size(), CV_32F);
  cv::Mat row(covered.size(), CV_32F);
  for (int y = 0; y < covered.height; ++y) row.row(y).setTo(placement.y.CellAt(covered.y + y));
  for (int x = 0; x < covered.width; ++x) column.col(x).setTo(placement.x.CellAt(covered.x + x));
  cv::Mat smooth;
  cv::remap(cells, smooth, column, row, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return smooth;
}

}  // namespace onebyone
