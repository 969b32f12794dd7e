#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/op/attributes.h"
#include "engine/tensor/shape.h"

namespace onebyone {

// Where the sliding windows of convolutions and pools lie. Shared by shape inference and by the kernels, so that they
// agree.

// `window` over an input of `extents` (one per spatial axis) with nothing left open: every vector has one number per
// axis (strides and dilations default to 1, pads to 0, the kernel to `default_kernel`, which may be empty for pools),
// and automatic padding has become explicit. INVALID_ARGUMENT where a vector has another length, where a number is out
// of range (pads from 0, the others from 1, all below Shape::kMaxElements), where there is no kernel, or where it is
// not `default_kernel`.
absl::StatusOr<Window> ResolveWindow(const Window& window, absl::Span<const int64_t> extents,
                                     absl::Span<const int64_t> default_kernel);

// How many input elements the window spans along `axis`, gaps of the dilation included. Of a resolved window.
int64_t WindowReach(const Window& window, int axis);

// How many windows fit along `axis` of an input of `extent`, at least 1. With `ceil_mode` a window may reach behind the
// padded input, but one that begins behind the input and its padding before does not count (as in PyTorch and ONNX). Of
// a resolved window. INVALID_ARGUMENT where not one window fits.
absl::StatusOr<int64_t> WindowCount(const Window& window, int axis, int64_t extent, bool ceil_mode);

// The shape [N, channels, windows...] that sliding a resolved window over `input` [N, C, ...] gives; errors of
// WindowCount. An input with no elements along a spatial axis is an error unless padding makes room for a window.
absl::StatusOr<Shape> WindowedShape(const Shape& input, int64_t channels, const Window& window, bool ceil_mode);

}  // namespace onebyone
