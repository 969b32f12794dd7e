#pragma once

#include <opencv2/core.hpp>

#include "client/render/activations.h"

namespace onebyone {

// More tiles than this are not drawn: nobody could tell them apart.
inline constexpr int kMaxGridChannels = 4096;

// Where the tiles of a grid lie: row by row from the upper left, channel 0 first.
struct GridPlan {
  int columns = 1;
  int rows = 1;
  cv::Size tile;
  int gap = 0;
  int left = 0;  // room for row labels

  cv::Rect TileOf(int channel) const;
  cv::Size size() const;
};

// The plan that draws `channels` maps of `cells` as large as they fit into `area`, aspect ratio kept.
GridPlan PlanGrid(int channels, cv::Size cells, cv::Size area);

// The channels as tiles in the colours of viridis, dark for the channel's smallest value, bright for its largest,
// numbered from 0. A channel that is the same everywhere is dark.
cv::Mat DrawChannelGrid(const Activations& activations, cv::Size area);

}  // namespace onebyone
