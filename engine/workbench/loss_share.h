#pragma once

#include <vector>

#include "engine/calibration/calibration.h"
#include "engine/workbench/fidelity_measurement.h"

namespace onebyone {

// What features in int8 lose to float32, as a share of what they may (LeastFidelity): how far a cosine is from 1,
// divided by how far it may be. At most 1 where features are faithful.
double LossShare(const Fidelity& fidelity);

// The same of each layer of `measurement`: of its pooled features, then of its map. Two numbers a layer.
std::vector<double> LossShares(const FidelityMeasurement& measurement);

// The share that so many pictures may lose where others, which none has seen yet, are to stay within 1: the fewer have
// been seen, the further from the worst there is. 0.68 of ten pictures, 0.9 of a hundred, 0.5 at least.
double LargestLossShare(int pictures);

}  // namespace onebyone
