#pragma once

#include <opencv2/core.hpp>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "onebyone/v1/tensor.pb.h"

namespace onebyone {

// INTERNAL where no place on a photograph follows from `geometry`: strides, scales and sizes have to be above zero and
// finite.
absl::Status CheckGeometry(const v1::Geometry& geometry);

// `geometry` for a map of `cells`, checked. Along an axis with a single cell a map has no stride, as after global
// pooling: there the cell gets the whole input of the network for its own.
absl::StatusOr<v1::Geometry> GeometryOfCells(v1::Geometry geometry, cv::Size cells);

// From the pixels of a drawn photograph, which may be smaller or larger than the original, to the cells of a map, along
// one axis: cell = pixel * scale + shift, both counted from the middle of the first.
struct CellAxis {
  double scale = 1;
  double shift = 0;
  double CellAt(double pixel) const { return pixel * scale + shift; }
  double PixelAt(double cell) const { return (cell - shift) / scale; }
};

// Where the map lies on a photograph drawn with `size`. REQUIRES: CheckGeometry(geometry).ok().
struct MapPlacement {
  CellAxis x;
  CellAxis y;
  cv::Rect covered;  // the pixels that are both in a cell and in what the network saw
};
MapPlacement PlaceMap(const v1::Geometry& geometry, cv::Size cells, cv::Size size);

// `cells` (CV_32F, any number of channels, one pixel a cell) as a picture of placement.covered: smooth between the
// middles of the cells, and beyond the outermost as there.
cv::Mat SmoothCells(const cv::Mat& cells, const MapPlacement& placement);

}  // namespace onebyone
