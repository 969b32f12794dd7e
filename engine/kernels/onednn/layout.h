#pragma once

#include <cstdint>

#include "engine/tensor/shape.h"

namespace onebyone {

// How the elements of a float32 value lie in memory.
enum class Layout : uint8_t {
  kPlain,    // dense, row-major: [N, C, H, W]
  kBlocked,  // [N, ceil(C / block), H, W, block]: what vector kernels want. Channels that fill up the last block are
             // zero.
};

// Channels in a block on this CPU: as many floats as a vector register holds (16 with AVX-512, else 8).
int64_t ChannelBlock();

// Bytes of a float32 value of rank 4 (any rank for kPlain).
int64_t LayoutBytes(const Shape& shape, Layout layout);

}  // namespace onebyone
