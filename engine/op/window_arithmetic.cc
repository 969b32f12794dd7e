#include "engine/op/window_arithmetic.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

// Sets `vector` to `value` on every axis where it is empty, and checks length and range.
absl::Status Complete(SpatialVector& vector, absl::string_view name, size_t rank, int64_t value, int64_t least) {
  if (vector.empty()) vector.assign(rank, value);
  if (vector.size() != rank) {
    return absl::InvalidArgumentError(absl::StrCat(
        "window: ", name, ": want ", rank, " numbers, one per spatial axis, got [", absl::StrJoin(vector, ", "), "]"));
  }
  for (const int64_t number : vector) {
    if (number < least || number >= Shape::kMaxElements) {
      return absl::InvalidArgumentError(absl::StrCat("window: ", name, ": want numbers from ", least, " to ",
                                                     Shape::kMaxElements - 1, ", got ", number));
    }
  }
  return absl::OkStatus();
}

// Padding that gives ceil(extent / stride) windows: as even as it can be, the odd element after (kSameUpper) or before.
void PadToSame(Window& window, int axis, int64_t extent) {
  const int64_t stride = window.strides[axis];
  const int64_t windows = (extent + stride - 1) / stride;
  const int64_t total = std::max<int64_t>(0, (windows - 1) * stride + WindowReach(window, axis) - extent);
  const int64_t smaller = total / 2;
  const bool upper = window.auto_pad == Window::AutoPad::kSameUpper;
  window.pads_begin[axis] = upper ? smaller : total - smaller;
  window.pads_end[axis] = upper ? total - smaller : smaller;
}

}  // namespace

int64_t WindowReach(const Window& window, int axis) { return (window.kernel[axis] - 1) * window.dilations[axis] + 1; }

absl::StatusOr<Window> ResolveWindow(const Window& window, absl::Span<const int64_t> extents,
                                     absl::Span<const int64_t> default_kernel) {
  const size_t rank = extents.size();
  Window resolved = window;
  if (resolved.kernel.empty()) {
    if (default_kernel.size() != rank || rank == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("window: want a kernel of ", rank, " axes, got ", default_kernel.size()));
    }
    resolved.kernel.assign(default_kernel.begin(), default_kernel.end());
  }
  RETURN_IF_ERROR(Complete(resolved.kernel, "kernel", rank, 1, 1));
  RETURN_IF_ERROR(Shape(absl::MakeConstSpan(resolved.kernel)).CheckedElements().status());
  if (!default_kernel.empty() && absl::MakeConstSpan(resolved.kernel) != default_kernel) {
    return absl::InvalidArgumentError(absl::StrCat("window: want the kernel of the weights, [",
                                                   absl::StrJoin(default_kernel, ", "), "], got [",
                                                   absl::StrJoin(resolved.kernel, ", "), "]"));
  }
  RETURN_IF_ERROR(Complete(resolved.strides, "strides", rank, 1, 1));
  RETURN_IF_ERROR(Complete(resolved.dilations, "dilations", rank, 1, 1));
  RETURN_IF_ERROR(Complete(resolved.pads_begin, "pads before", rank, 0, 0));
  RETURN_IF_ERROR(Complete(resolved.pads_end, "pads after", rank, 0, 0));
  if (resolved.auto_pad == Window::AutoPad::kExplicit) return resolved;
  for (size_t axis = 0; axis < rank; ++axis) {
    const int64_t reach = WindowReach(resolved, static_cast<int>(axis));
    if (reach >= Shape::kMaxElements) {
      return absl::InvalidArgumentError(
          absl::StrCat("window: want a reach below ", Shape::kMaxElements, ", got ", reach));
    }
    PadToSame(resolved, static_cast<int>(axis), extents[axis]);
  }
  resolved.auto_pad = Window::AutoPad::kExplicit;
  return resolved;
}

absl::StatusOr<int64_t> WindowCount(const Window& window, int axis, int64_t extent, bool ceil_mode) {
  const int64_t stride = window.strides[axis];
  const int64_t before = window.pads_begin[axis];
  const int64_t padded = extent + before + window.pads_end[axis];
  const int64_t room = padded - WindowReach(window, axis);
  if (room < 0) {
    return absl::InvalidArgumentError(absl::StrCat("window: want at least ", WindowReach(window, axis),
                                                   " elements with padding along spatial axis ", axis, ", got ",
                                                   padded));
  }
  if (!ceil_mode) return room / stride + 1;
  int64_t count = (room + stride - 1) / stride + 1;
  if (count > 1 && (count - 1) * stride >= extent + before) --count;
  return count;
}

absl::StatusOr<Shape> WindowedShape(const Shape& input, int64_t channels, const Window& window, bool ceil_mode) {
  Shape shape({input[0], channels});
  for (int axis = 2; axis < input.rank(); ++axis) {
    ASSIGN_OR_RETURN(const int64_t count, WindowCount(window, axis - 2, input[axis], ceil_mode));
    shape.Append(count);
  }
  return shape;
}

}  // namespace onebyone
