#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/render/activations.h"
#include "client/render/layer_view.h"
#include "client/render/map_placement.h"

namespace onebyone {

// Up to three numbers a cell that tell the most about it.
struct Components {
  std::vector<cv::Mat> maps;  // 1 to 3, CV_32F, one pixel a cell
  std::string source;         // where they come from and what they keep, in words
};

// The principal components of the map's own cells: one sample a cell, one variable a channel. A component's sign, which
// PCA leaves open, is such that its largest weight is positive.
Components ComponentsOfMap(const Activations& map);

// The stored components of `view`, or else those of its map. `map`: ActivationsOf(view.map). INTERNAL where the stored
// ones contradict themselves or lie in other cells.
absl::StatusOr<Components> ComponentsOf(const LayerView& view, const Activations& map);

// One pixel a cell, CV_32FC3, blue, green and red from 0 to 255: red is the first component, green the second, blue the
// third; each from its 1st percentile to its 99th. A component that is not there, or everywhere the same, is at 128.
cv::Mat ComponentColors(const std::vector<cv::Mat>& maps);

// How much the colours cover the photograph.
inline constexpr double kOverPhotograph = 0.6;
inline constexpr double kAlone = 1;

// `photograph` (8-bit BGR) in grey, dark where no cell lies, with `colors` (CV_32FC3 from 0 to 255, one pixel a cell)
// over the covered pixels, smooth between the middles of the cells. `share`: how much they cover it, from 0 to 1.
cv::Mat DrawComponentMap(const cv::Mat& photograph, const cv::Mat& colors, const MapPlacement& placement, double share);

}  // namespace onebyone
