#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "engine/kernels/kernel.h"
#include "engine/op/attributes.h"
#include "engine/tensor/data_type.h"
#include "engine/tensor/shape.h"

namespace onebyone {

struct BlockedMaxPoolSpec {
  Shape src;  // [N, C, H, W]
  Shape dst;
  Window window;                       // resolved, without dilations
  int64_t block = 16;                  // channels that lie together: 8 or 16
  DataType type = DataType::kFloat32;  // or kBFloat16
};

// Max pooling of [N, C / block, H, W, block]: the largest of each column of the windows first, then the largest of
// these along the row, so that windows that overlap share work (a 3x3 window of stride 1 costs 4 comparisons instead of
// 8). Inputs: src. UNIMPLEMENTED for dilated windows, and for windows that lie in the padding alone.
absl::StatusOr<std::shared_ptr<const Kernel>> MakeBlockedMaxPool(const BlockedMaxPoolSpec& spec);

}  // namespace onebyone
