#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "engine/reduction/pixel_moments.h"
#include "engine/reduction/reduction.h"

namespace onebyone {

// The widest layer that can be fitted: its covariance takes 128 MiB, and its weights fit into a bundle.
inline constexpr int64_t kMaxFitChannels = 4096;

// The principal components of a layer's pixels as a reduction: row i is the eigenvector of the i-th largest eigenvalue
// of their covariance, its sign such that the entry of the largest size (the first of several) is positive; the bias
// takes the mean away; explained_variance[k-1] is the share of the variance that the first k rows keep. As many rows as
// there are directions with variance, less than the layer has channels, and at most `max_channels` (0: no limit). To
// come back: x = mean + weights' y. The same moments give the same bits on one machine. INVALID_ARGUMENT for a layer
// with less than 2 or more than kMaxFitChannels channels, or whose pixels are all the same.
absl::StatusOr<Reduction> FitPrincipalComponents(const std::string& layer, const PixelMoments& moments,
                                                 int64_t max_channels);

}  // namespace onebyone
