#pragma once

#include <opencv2/core.hpp>

#include "absl/status/status.h"
#include "onebyone/v1/tensor.pb.h"

namespace onebyone {

// INTERNAL where no place on a photograph follows from `geometry`: strides, scales and sizes have to be above zero and
// finite.
absl::Status CheckGeometry(const v1::Geometry& geometry);

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

// `photograph` (8-bit BGR) with `heat` (CV_32F, one number a cell, from 0 to 1) laid over the covered pixels in the
// colours of inferno, smooth between the middles of the cells; the others are left as they are.
cv::Mat DrawHeatMap(const cv::Mat& photograph, const cv::Mat& heat, const MapPlacement& placement);

}  // namespace onebyone
