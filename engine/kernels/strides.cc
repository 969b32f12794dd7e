#include "engine/kernels/strides.h"

namespace onebyone {

Strides RowMajorStrides(const Shape& shape) {
  Strides strides(shape.rank());
  int64_t stride = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

Strides BroadcastStrides(const Shape& shape, const Shape& target) {
  const Strides own = RowMajorStrides(shape);
  const int leading = target.rank() - shape.rank();
  Strides strides(target.rank(), 0);
  for (int axis = leading; axis < target.rank(); ++axis) {
    if (shape[axis - leading] == target[axis]) strides[axis] = own[axis - leading];
  }
  return strides;
}

int64_t ElementsOfAxes(const Shape& shape, int first, int last) {
  int64_t elements = 1;
  for (int axis = first; axis < last; ++axis) elements *= shape[axis];
  return elements;
}

}  // namespace onebyone
