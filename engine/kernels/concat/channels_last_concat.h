#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/kernels/kernel.h"

namespace onebyone {

// Joins channels of values that lie [pixel][channel]: bytes, or anything of `element_bytes`. Inputs: one for each of
// `channels`, each [pixels, its channels]; output: [pixels, their sum].
std::shared_ptr<const Kernel> MakeChannelsLastConcat(int64_t pixels, std::vector<int64_t> channels,
                                                     int64_t element_bytes);

}  // namespace onebyone
