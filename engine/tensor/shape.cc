#include "engine/tensor/shape.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace onebyone {

bool Shape::IsKnown() const {
  return std::all_of(extents_.begin(), extents_.end(), [](int64_t extent) { return extent >= 0; });
}

absl::StatusOr<int64_t> Shape::CheckedElements() const {
  if (!IsKnown()) return absl::InvalidArgumentError(absl::StrCat("shape: want known extents, got ", ToString()));
  // Zero extents count as 1 at first: an empty tensor of absurd extents is refused too, so that no product can
  // overflow.
  int64_t elements = 1;
  bool empty = false;
  for (const int64_t extent : extents_) {
    if (extent == 0) {
      empty = true;
      continue;
    }
    if (extent > kMaxElements / elements) {
      return absl::InvalidArgumentError(
          absl::StrCat("shape: want at most ", kMaxElements, " elements, got ", ToString()));
    }
    elements *= extent;
  }
  return empty ? 0 : elements;
}

int64_t Shape::Elements() const {
  int64_t elements = 1;
  for (const int64_t extent : extents_) elements *= extent;
  return elements;
}

std::string Shape::ToString() const {
  return absl::StrCat("[",
                      absl::StrJoin(extents_, ", ",
                                    [](std::string* out, int64_t extent) {
                                      absl::StrAppend(out, extent == kUnknown ? "?" : absl::StrCat(extent));
                                    }),
                      "]");
}

absl::StatusOr<int> NormalizeAxis(int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) {
    return absl::InvalidArgumentError(absl::StrCat("axis: want ", -rank, " to ", rank - 1, ", got ", axis));
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

absl::StatusOr<Shape> BroadcastShapes(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  Shape result;
  for (int axis = 0; axis < rank; ++axis) {
    const int axis_a = axis - (rank - a.rank());
    const int axis_b = axis - (rank - b.rank());
    const int64_t extent_a = axis_a < 0 ? 1 : a[axis_a];
    const int64_t extent_b = axis_b < 0 ? 1 : b[axis_b];
    if (extent_a != extent_b && extent_a != 1 && extent_b != 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("operands: want shapes that broadcast, got ", a.ToString(), " and ", b.ToString()));
    }
    result.Append(extent_a == 1 ? extent_b : extent_a);
  }
  return result;
}

}  // namespace onebyone
