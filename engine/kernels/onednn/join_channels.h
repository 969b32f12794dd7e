#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/tensor/tensor.h"

namespace onebyone {

// The rows of `parts`, float32 [K_i, ...] of equal further extents, in one tensor [channels, ...]: those of each part
// begin at a multiple of ChannelBlock(), and zeros fill up what is left. One part that has `channels` rows is returned
// as it is.
absl::StatusOr<std::shared_ptr<const Tensor>> JoinChannels(const std::vector<std::shared_ptr<const Tensor>>& parts,
                                                           int64_t channels);

}  // namespace onebyone
