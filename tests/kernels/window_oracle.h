#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/op/attributes.h"
#include "engine/tensor/shape.h"

namespace onebyone::testing {

// Sliding windows by their definition, one element at a time: what the kernels must give, written without their
// machinery.

// Calls `visit(index)` for every index of `extents`, in row-major order.
void ForEachIndex(const Shape& extents, const std::function<void(const std::vector<int64_t>&)>& visit);

// The offset of `index` in a row-major tensor.
int64_t OffsetOf(const Shape& shape, const std::vector<int64_t>& index);

// Where a tap of a window lies: on an element (offset in the channel), on the padding, or behind the padded input.
struct TapPlace {
  enum class On : uint8_t { kElement, kPadding, kNothing };
  On on = On::kNothing;
  int64_t offset = 0;
  int64_t column_major = 0;
  int64_t tap = 0;  // row-major number in the kernel
};

// All taps of the window `index` over a channel of extents `channel`. Every vector of `window` is filled in.
std::vector<TapPlace> TapsOf(const Window& window, const Shape& channel, const std::vector<int64_t>& index);

}  // namespace onebyone::testing
