#pragma once

#include <opencv2/core.hpp>

#include "client/render/activations.h"

namespace onebyone {

// The channels of a vector as bars from left to right, upwards from the line of zero, downwards where negative; with
// the range beside them and the largest channels named. A picture of the size `area`. Where there are more channels
// than columns of pixels, a column shows the one of its channels that is farthest from zero.
cv::Mat DrawChannelBars(const Activations& vector, cv::Size area);

}  // namespace onebyone
