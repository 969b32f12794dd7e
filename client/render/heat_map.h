#pragma once

#include <opencv2/core.hpp>

#include "client/render/activations.h"
#include "client/render/map_placement.h"

namespace onebyone {

// How strongly each cell is active: the mean over all channels of |value|.
struct Heat {
  cv::Mat cells;   // CV_32F, one number a cell, from 0 (the least) to 1 (the most); all 0 where all are equal
  double low = 0;  // what 0 and 1 stand for
  double high = 0;
};
Heat HeatOf(const Activations& activations);

// One pixel a cell (8-bit BGR) in the colours of inferno.
cv::Mat HeatColors(const cv::Mat& cells);

// `photograph` (8-bit BGR) with `heat` (CV_32F, one number a cell, from 0 to 1) laid over the covered pixels in the
// colours of inferno, smooth between the middles of the cells; the others are left as they are.
cv::Mat DrawHeatMap(const cv::Mat& photograph, const cv::Mat& heat, const MapPlacement& placement);

}  // namespace onebyone
