#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "engine/tensor/shape.h"

namespace onebyone {

// Elements from one index to the next, one number per axis.
using Strides = absl::InlinedVector<int64_t, 6>;

Strides RowMajorStrides(const Shape& shape);

// Strides that read `shape` as if it were broadcast to `target`: 0 along the axes that repeat. `shape` must broadcast
// to it.
Strides BroadcastStrides(const Shape& shape, const Shape& target);

// The product of the extents of the axes [first, last).
int64_t ElementsOfAxes(const Shape& shape, int first, int last);

// Walks over all indices of `extents` in row-major order and tells the offset that each has under `strides`.
class StridedWalk {
 public:
  StridedWalk(absl::Span<const int64_t> extents, absl::Span<const int64_t> strides)
      : extents_(extents.begin(), extents.end()), strides_(strides.begin(), strides.end()), index_(extents.size(), 0) {}

  int64_t offset() const { return offset_; }

  // After the last index comes the first one again.
  void Next() {
    for (size_t axis = extents_.size(); axis-- > 0;) {
      offset_ += strides_[axis];
      if (++index_[axis] < extents_[axis]) return;
      offset_ -= strides_[axis] * index_[axis];
      index_[axis] = 0;
    }
  }

 private:
  Strides extents_;
  Strides strides_;
  Strides index_;
  int64_t offset_ = 0;
};

}  // namespace onebyone
