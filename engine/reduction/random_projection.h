#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "engine/reduction/reduction.h"

namespace onebyone {

// `channels` orthonormal rows over `layer_channels`, drawn from a seeded normal distribution and made orthogonal in
// order (Gram-Schmidt, double precision), so that the rows for k are the first k rows for any larger number. Scaled by
// sqrt(layer_channels / channels), which keeps squared distances in expectation (Johnson-Lindenstrauss). The same
// arguments give the same numbers on every machine (the generator is our own SplitMix64 and Box-Muller, not the
// library's). INVALID_ARGUMENT unless 1 <= channels < layer_channels.
absl::StatusOr<Reduction> RandomProjection(const std::string& layer, int64_t layer_channels, int64_t channels,
                                           uint64_t seed);

}  // namespace onebyone
